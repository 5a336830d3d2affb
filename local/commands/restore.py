"""``./dev import``: bring events, or what ``./dev export`` wrote, into the account that the settings name."""

import sys
from argparse import Namespace
from pathlib import Path

from local.commands.account import Account, with_account
from local.commands.app import UsageError, run
from local.commands.backup.queues import event_sender, waiting
from local.commands.backup.rule_rows import beside, import_rules
from local.commands.backup.table_import import import_tables
from local.commands.bulk.event_import import Checked, check_events, import_events
from local.commands.bulk.given import Given, json_lines, mapped_csv
from local.commands.bulk.pace import AT_ONCE, Pace
from local.commands.bulk.problems import errors_beside
from local.commands.bulk.sources import JsonLines
from local.commands.plain import plain
from local.setup.commands import parser_of
from shared.domain.who import Who
from shared.messaging.sender import Queue
from shared.settings import DEFAULT_SOURCE, NOTIFICATIONS_SOURCE, Transport
from shared.storage.change_log import FILE, IMPORTED
from shared.workflow.change_log import logged

_ROLES = (
    "the role Storage Table Data Contributor and, for events, Storage Queue Data Message Sender or Azure Service Bus "
    "Data Sender"
)


def main(arguments: list[str]) -> int:
    options = parser_of("import").parse_args(arguments)
    return run(lambda: _run(options))


def _run(options: Namespace) -> int:
    path: Path = options.path
    who = Who(options.author)
    if path.is_dir():
        if options.mapping or options.time:
            raise UsageError(f"{path} is a folder: --mapping and --time are for a CSV file")
        return with_account(lambda account: _tables(account, path, who, options.dry_run), _ROLES)
    given = _given(path, options)
    rules = None if options.keep_rules or options.mapping or not beside(path).exists() else beside(path)
    return with_account(lambda account: _events(account, given, rules, who, options.dry_run), _ROLES)


def _given(path: Path, options: Namespace) -> Given:
    if options.mapping is None:
        if path.suffix.lower() == ".csv" or options.time:
            right = "give --mapping FILE, which says what its columns are" if not options.time else "leave out --time"
            raise UsageError(f"{path} is taken for events as lines of JSON: {right}")
        return json_lines(path)
    return mapped_csv(path, options.mapping, options.time)


async def _tables(account: Account, folder: Path, who: Who, dry_run: bool) -> int:
    async def enter(rows: int) -> None:
        """Last: before, the account has to be empty."""
        async with logged(account.ports, IMPORTED, FILE, folder.name, who, detail="tables") as deed:
            deed.count = rows

    rows = await import_tables(account.ports, folder, account.address, enter, dry_run=dry_run)
    if dry_run:
        print(f"{rows} rows would be imported")
    else:
        print(f"{rows} rows imported; ./dev reconcile checks them, then start the app")
    return 0


async def _events(account: Account, given: Given, rules: Path | None, who: Who, dry_run: bool) -> int:
    if dry_run:
        return await _dry_run(account, given, rules)
    if isinstance(given.source, JsonLines):  # perhaps of another deployment
        _warn_of_source(account)
        print(await import_rules(account.ports, rules, who) if rules else "the rule sets stay as they are")
    async with (
        event_sender(account) as sender,
        logged(account.ports, IMPORTED, FILE, given.path.name, who, detail="events") as deed,
    ):
        done = await import_events(account.ports, sender, given, account.address, _pace(account))
        deed.count = done.lines
    print(f"{done.lines} events sent; when the queue is empty, ./dev reconcile checks what came of them")
    if done.refused:
        print(f"{done.refused} rows not sent, {_corrected(given)}")
    return 1 if done.refused else 0


async def _dry_run(account: Account, given: Given, rules: Path | None) -> int:
    if rules:
        print(await import_rules(account.ports, rules, dry_run=True))
    checked = await check_events(account.ports, given)
    _say(checked, given)
    return 1 if checked.refused else 0


def _say(checked: Checked, given: Given) -> None:
    if checked.first:
        print(f"the first event: {plain(checked.first.decode())}")
    counted = checked.counted
    print(f"{counted.events} events of {counted.customers} customers and {counted.partners} partners would be sent")
    if checked.refused:
        print(f"{checked.refused} rows would not, {_corrected(given)}")
    elif checked.warned:
        print(f"some are probably not meant so: see {errors_beside(given.path)}")


def _corrected(given: Given) -> str:
    name = given.path
    return f"see {errors_beside(name)}: correct them in {name} and import it again; what was sent changes nothing"


def _pace(account: Account) -> Pace:
    if account.settings.events is not Transport.STORAGE_QUEUE:
        return AT_ONCE
    return Pace(lambda: waiting(account, Queue.EVENTS))


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
