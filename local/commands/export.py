"""``./dev export``: write what is stored as events, with the rule sets beside them, or as the rows of every table."""

import sys
from pathlib import Path

from local.commands.account import Account, with_account
from local.commands.app import CommandError
from local.commands.backup.event_export import export_events
from local.commands.backup.queues import waiting
from local.commands.backup.rule_rows import beside, export_rules
from local.commands.backup.table_export import export_tables
from local.setup.commands import parser_of
from shared.messaging.sender import Queue

_ROLES = "the roles Storage Table Data Reader and, for --tables, Storage Queue Data Reader"


def main(arguments: list[str]) -> int:
    options = parser_of("export").parse_args(arguments)

    if options.tables:
        return with_account(lambda account: _tables(account, options.tables), _ROLES)
    return with_account(lambda account: _events(account, options.file), _ROLES)


async def _events(account: Account, path: Path) -> int:
    rules = beside(path)
    versions = await export_rules(account.ports, rules)
    try:
        events = await export_events(account.ports, path)
    except BaseException:
        rules.unlink()  # both or neither
        raise
    print(f"{events} events in {path}, {versions} rule sets in {rules}")
    return 0


async def _tables(account: Account, folder: Path) -> int:
    if messages := await waiting(account, Queue.RECOMPUTE):
        right = "let the app handle them, then stop it and export"
        raise CommandError(f"{Queue.RECOMPUTE} holds {messages} messages, which no table has: {right}")
    rows = await export_tables(account.ports, folder)
    print(f"{rows} rows in {folder}")
    if events := await waiting(account, Queue.EVENTS):
        print(f"{events} events wait in {Queue.EVENTS}: they are not in the copy", file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
