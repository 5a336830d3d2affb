"""``./dev import``: bring what ``./dev export`` wrote into the account that the settings name."""

import sys
from pathlib import Path

from local.commands.account import Account, with_account
from local.commands.backup.event_import import import_events, rejected_beside
from local.commands.backup.queues import event_sender
from local.commands.backup.rule_rows import beside, import_rules
from local.commands.backup.table_import import import_tables
from local.setup.commands import parser_of
from shared.domain.who import Who
from shared.settings import DEFAULT_SOURCE, NOTIFICATIONS_SOURCE
from shared.storage.change_log import FILE, IMPORTED
from shared.workflow.change_log import logged

_ROLES = (
    "the role Storage Table Data Contributor and, for events, Storage Queue Data Message Sender or Azure Service Bus "
    "Data Sender"
)


def main(arguments: list[str]) -> int:
    options = parser_of("import").parse_args(arguments)
    path: Path = options.path
    who = Who(options.author)
    if path.is_dir():
        return with_account(lambda account: _tables(account, path, who), _ROLES)
    rules = None if options.keep_rules or not beside(path).exists() else beside(path)
    return with_account(lambda account: _events(account, path, rules, who), _ROLES)


async def _tables(account: Account, folder: Path, who: Who) -> int:
    async def enter(rows: int) -> None:
        """Last: before, the account has to be empty."""
        async with logged(account.ports, IMPORTED, FILE, folder.name, who, detail="tables") as deed:
            deed.count = rows

    rows = await import_tables(account.ports, folder, account.address, enter)
    print(f"{rows} rows imported; ./dev reconcile checks them, then start the app")
    return 0


async def _events(account: Account, path: Path, rules: Path | None, who: Who) -> int:
    _warn_of_source(account)
    print(await import_rules(account.ports, rules, who) if rules else "the rule sets stay as they are")
    async with (
        event_sender(account) as sender,
        logged(account.ports, IMPORTED, FILE, path.name, who, detail="events") as deed,
    ):
        done = await import_events(account.ports, sender, path, account.address)
        deed.count = done.sent
    print(f"{done.sent} events sent; when the queue is empty, ./dev reconcile checks what came of them")
    if done.rejected:
        print(f"{done.rejected} lines rejected, kept in {rejected_beside(path)}: correct them and import that file")
    return 1 if done.rejected else 0


def _warn_of_source(account: Account) -> None:
    if account.settings.notifications_source == DEFAULT_SOURCE:
        print(
            f"warning: {NOTIFICATIONS_SOURCE} is not set here. If the deployment that these events come from has "
            "notified anybody, set another one there before it takes them, and here: its notifications would have the "
            f"source {DEFAULT_SOURCE} and ids that were given before, with other bodies",
            file=sys.stderr,
        )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
