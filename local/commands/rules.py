"""Rule sets from the command line: ``./dev rules validate | diff | preview | publish | retire | list``.

The first two need no running app. The status is 0 if all went well.
"""

import argparse
import getpass
import sys
from collections.abc import Callable, Mapping

from local.commands import publishing, rule_change
from local.commands.app import App, add_url, run
from local.commands.files import hold_against, read_cases, read_document
from local.commands.plain import plain
from local.setup.arguments import count, version
from shared.rules.difference import difference
from shared.rules.document import sha256_of

_HEADINGS = ("VERSION", "STATE", "IN FORCE FROM", "AUTHOR", "SHA-256", "NOTE")


def main(arguments: list[str]) -> int:
    options = parser().parse_args(arguments)
    return run(lambda: COMMANDS[options.command](options))


def parser() -> argparse.ArgumentParser:
    root = argparse.ArgumentParser(prog="./dev rules", description="Rule sets: check, compare, try, put in force.")
    commands = root.add_subparsers(dest="command", required=True)
    check = commands.add_parser("validate", help="check a document and its golden cases, without any app")
    _add_document(check)
    compare = commands.add_parser("diff", help="what one document changes against another, in words, without any app")
    compare.add_argument("old", metavar="A")
    compare.add_argument("new", metavar="B")
    attempt = commands.add_parser("preview", help="store a draft and say who would gain and lose; nothing is decided")
    _add_draft(attempt)
    put = commands.add_parser("publish", help="the same, then put it in force if no more customers lose than may")
    _add_draft(put)
    _add_limits(put)
    put.add_argument("--unpreviewed", action="store_true", help="where the rules were lost: nothing can be previewed")
    out = commands.add_parser("retire", help="take a version out of force, if no more customers lose than may")
    out.add_argument("version", type=version, metavar="VERSION")
    _add_reason(out)
    _add_limits(out)
    add_url(commands.add_parser("list", help="the versions stored, newest first"))
    return root


def _add_draft(command: argparse.ArgumentParser) -> None:
    _add_document(command)
    _add_reason(command)


def _add_reason(command: argparse.ArgumentParser) -> None:
    command.add_argument("--author", default=_user(), help="who wants it (you)")
    command.add_argument("--note", default="", help="why")
    add_url(command)


def _add_limits(command: argparse.ArgumentParser) -> None:
    most = "how many customers may lose their eligibility (none)"
    command.add_argument("--max-lost", type=count, default=0, metavar="N", help=most)
    command.add_argument("--no-wait", action="store_true", help="do not wait until everybody is decided again")


def _add_document(command: argparse.ArgumentParser) -> None:
    command.add_argument("file", metavar="FILE")
    said = "its golden cases, a list in one file or a folder of files (cases/NAME beside NAME.json, if there)"
    command.add_argument("--cases", metavar="PATH", help=said)


def _user() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError):
        return ""


def validate(options: argparse.Namespace) -> int:
    document = read_document(options.file)
    cases = read_cases(options.cases, options.file)
    hold_against(document, cases)
    criteria = sum(1 for _ in document.criteria.with_all_below())
    applications = len(document.value["applications"])
    print(f"valid: {options.file}, in force from {document.effective_from}")
    came_out = f"{len(cases.values)} golden cases come out as they say" if cases.values else "no golden cases"
    print(f"  {criteria} criteria, {applications} applications, {came_out}")
    print(f"  SHA-256 {sha256_of(document.value)}")
    return 0


def diff(options: argparse.Namespace) -> int:
    lines = difference(read_document(options.old), read_document(options.new))
    print("\n".join(lines) or "no difference")
    return 0


def preview(options: argparse.Namespace) -> int:
    publishing.preview(App(options.url), _draft(options))
    return 0


def publish(options: argparse.Namespace) -> int:
    publish_draft = publishing.publish_unpreviewed if options.unpreviewed else publishing.publish
    publish_draft(App(options.url), _draft(options), _limits(options))
    return 0


def retire(options: argparse.Namespace) -> int:
    reason = publishing.Reason(options.author, options.note)
    publishing.retire(App(options.url), options.version, reason, _limits(options))
    return 0


def _limits(options: argparse.Namespace) -> publishing.Limits:
    return publishing.Limits(options.max_lost, not options.no_wait)


def _draft(options: argparse.Namespace) -> publishing.Draft:
    document = read_document(options.file)
    cases = read_cases(options.cases, options.file)
    hold_against(document, cases)
    return publishing.Draft(document, cases.values, publishing.Reason(options.author, options.note))


def list_versions(options: argparse.Namespace) -> int:
    rows = [_HEADINGS, *(_row(each) for each in rule_change.versions(App(options.url)))]
    widths = [max(len(row[column]) for row in rows) for column in range(len(_HEADINGS))]
    for row in rows:
        print("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())
    return 0


def _row(item: Mapping[str, object]) -> tuple[str, ...]:
    state = "in force" if item["inForce"] else str(item["state"])
    sha256 = str(item["sha256"])[:12]
    cells = (item["version"], state, item["effectiveFrom"], item["author"], sha256, item["note"])
    return tuple(map(plain, cells))


COMMANDS: Mapping[str, Callable[[argparse.Namespace], int]] = {
    "validate": validate,
    "diff": diff,
    "preview": preview,
    "publish": publish,
    "retire": retire,
    "list": list_versions,
}

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
