"""``./dev rules validate | diff | preview | publish | retire | approve | list``; the first two need no app."""

import argparse
import sys
from collections.abc import Callable, Mapping

from local.commands import publishing, rule_change
from local.commands.app import App, run
from local.commands.files import hold_against, read_cases, read_document
from local.commands.plain import plain
from local.setup.commands import parser_of
from local.setup.exit_code import NO
from shared.rules.difference import difference
from shared.rules.document import sha256_of

_HEADINGS = ("VERSION", "STATE", "IN FORCE FROM", "AUTHOR", "SHA-256", "NOTE")


def main(arguments: list[str]) -> int:
    options = parser_of("rules").parse_args(arguments)
    return run(lambda: PARTS[options.part](options))


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
    return NO if lines and options.exit_code else 0


def preview(options: argparse.Namespace) -> int:
    previewed = publishing.preview(App(options.url), _draft(options))
    return NO if previewed.lost and options.exit_code else 0


def publish(options: argparse.Namespace) -> int:
    publish_draft = publishing.publish_unpreviewed if options.unpreviewed else publishing.publish
    publish_draft(App(options.url), _draft(options), _limits(options))
    return 0


def retire(options: argparse.Namespace) -> int:
    reason = publishing.Reason(options.author, options.note)
    publishing.retire(App(options.url), options.version, reason, _limits(options))
    return 0


def approve(options: argparse.Namespace) -> int:
    publishing.approve(App(options.url), options.version, options.action, options.note)
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


PARTS: Mapping[str, Callable[[argparse.Namespace], int]] = {
    "validate": validate,
    "diff": diff,
    "preview": preview,
    "publish": publish,
    "retire": retire,
    "approve": approve,
    "list": list_versions,
}

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
