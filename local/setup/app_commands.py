"""The commands that start the app, ask a running one, or work on its storage account and its files."""

from __future__ import annotations

import os
from argparse import ArgumentParser, ArgumentTypeError
from pathlib import Path

from local.host.arguments import lease, port
from local.host.ports import AZURITE_PORTS, DEFAULT_PORT, HOST
from local.setup.arguments import author, count, day, limit, three_ports, version
from local.setup.command import Command, Part, one_of, option, runs
from local.setup.exit_code import exit_code
from local.setup.set_up import set_up_app, set_up_commands

DEFAULT_URL = f"http://{HOST}:{DEFAULT_PORT}"
URL, KEY, TOKEN = "ELIGIBILITY_URL", "ELIGIBILITY_KEY", "ELIGIBILITY_TOKEN"
_ASKS = f"Asks the app at --url, with the key in {KEY} or the token in {TOKEN}, if set."


def _url(parser: ArgumentParser) -> None:
    said = f"where the app runs ({URL}, else {DEFAULT_URL}, as ./dev up starts it)"
    parser.add_argument("--url", default=os.environ.get(URL) or DEFAULT_URL, help=said)


def _customer_id(text: str) -> str:
    """The app says what else is no identifier; these three would not reach it."""
    if text in ("", ".", ".."):
        raise ArgumentTypeError(f"invalid customer id {text!r}: give one such as C-1001")
    return text


def _partner_id(text: str) -> str:
    if text in ("", ".", ".."):
        raise ArgumentTypeError(f"invalid partner id {text!r}: give one such as P-fabrikam")
    return text


_CASES = option(
    "--cases",
    metavar="PATH",
    help="golden cases: a list in one file or a folder of files (cases/NAME beside NAME.json, if there); "
    "status 2 if PATH has none",
)
_REASON = (author, option("--note", default="", metavar="WHY", help="why"), _url)
_DRAFT = (option("file", metavar="FILE", help="the document"), _CASES, *_REASON)
_LIMITS = (
    option("--max-lost", type=count, default=0, metavar="N", help="how many customers may lose their eligibility (0)"),
    option("--no-wait", action="store_true", help="do not wait until every customer is decided again"),
)
_MESSAGE = option("id", metavar="ID", help="the message's id")
_IF_LOST = exit_code("nobody loses", "somebody loses")
_SOME = option("id", metavar="ID", nargs="?", help="the message's id")
_FAULT = option("--fault", metavar="FAULT", help="all of this group, as faults names it")
_WHICH = (
    option("--state", choices=("kept", "redriven", "resubmitted", "closed"), help="only those in this state"),
    option("--source", metavar="SOURCE", help="only events of this source"),
    option("--type", metavar="TYPE", help="only events of this type"),
)

APP_COMMANDS = (
    Command(
        "up",
        "start everything, replay the sample events, show who is eligible and why",
        "Start Azurite and the app, replay the sample programme with a year of dates ahead of today, print each "
        "notification as it is sent and a closing table of customers, then serve until Ctrl-C.",
        runs("local.up", set_up_app),
        (
            option(
                "--port",
                type=port,
                default=DEFAULT_PORT,
                help=f"port of the HTTP API ({DEFAULT_PORT}; 0: any free one)",
            ),
            option(
                "--azurite-ports",
                type=three_ports,
                metavar="B,Q,T",
                help=f"Azurite's ports for blobs, queues and tables ({','.join(map(str, AZURITE_PORTS))}, or any free "
                f"ones where --port is not {DEFAULT_PORT}; 0,0,0: any free ones)",
            ),
            option(
                "--data",
                type=Path,
                metavar="DIR",
                help="keep what is stored here, over restarts; without it a fresh temporary folder is used and removed "
                "at the end, so that every run starts from nothing",
            ),
            option(
                "--transport",
                choices=("storage-queue", "service-bus"),
                default="storage-queue",
                help="what carries events and notifications (storage-queue); service-bus starts a broker that stands "
                "in for it, unless ServiceBusConnection is set, to that of Microsoft's emulator (compose.yaml) for "
                "instance",
            ),
            one_of(
                option("--events", type=Path, metavar="FILE", help="replay this file, not the sample programme"),
                option("--no-events", action="store_true", help="replay nothing"),
            ),
            option("--clock", type=day, metavar="YYYY-MM-DD", help="pretend it is this day"),
            option(
                "--once",
                action="store_true",
                help="stop once every queue with a trigger is empty and nothing is running",
            ),
            option(
                "--lease",
                type=lease,
                default=60,
                metavar="SECONDS",
                help="how long a message being handled stays hidden, unless it is renewed: so long it is waited for "
                "after a run was killed (60)",
            ),
        ),
    ),
    Command(
        "rules",
        "check, compare, preview, approve, publish, retire or list rule sets",
        "Rule sets. validate and diff need no app; the others ask the one at --url, with the key in "
        f"{KEY} or the token in {TOKEN}, if set.",
        runs("local.commands.rules", set_up_commands, here=True),
        parts=(
            Part(
                "validate",
                "check a document and its golden cases, without any app",
                (option("file", metavar="FILE", help="the document"), _CASES),
            ),
            Part(
                "diff",
                "say in words what document B changes against A, without any app",
                (option("old", metavar="A"), option("new", metavar="B"), exit_code("no difference", "they differ")),
            ),
            Part(
                "preview",
                "store the document as a draft and say who would gain and who would lose",
                (*_DRAFT, _IF_LOST),
            ),
            Part(
                "publish",
                "preview the document, then put it in force unless more than N customers would lose their "
                "eligibility, and wait until every customer is decided again or another change superseded it; status "
                "1 if the version is retired meanwhile",
                (
                    *_DRAFT,
                    *_LIMITS,
                    option(
                        "--unpreviewed",
                        action="store_true",
                        help="put it in force without a preview: where the rules were lost, nothing can be previewed",
                    ),
                ),
            ),
            Part(
                "retire",
                "take a version out of force in the same way",
                (option("version", type=version, metavar="VERSION"), *_REASON, *_LIMITS),
            ),
            Part(
                "approve",
                "approve that a version is put in force or taken out of force, as the signed-in caller, who is not its "
                "author; needs a token of a caller with the role Rules.Approve",
                (
                    option("version", type=version, metavar="VERSION"),
                    option("action", choices=("activate", "retire"), help="what may be done to it"),
                    option("--note", default="", metavar="WHY", help="why"),
                    _url,
                ),
            ),
            Part("list", "list the versions stored, newest first", (_url,)),
        ),
    ),
    Command(
        "check-customer",
        "whether a customer is eligible, why, and what would help",
        "Print whether the customer is eligible, as of today or of a date, why, what would help or would keep it "
        f"eligible and until when, and what comes if no event does. {_ASKS}",
        runs("local.commands.check_customer", set_up_commands, here=True),
        (
            option("id", type=_customer_id, metavar="ID", help="the customer's id, such as C-1001"),
            option("--on", type=day, metavar="YYYY-MM-DD", help="as of this date (today)"),
            option(
                "--partner",
                action="append",
                default=[],
                metavar="ID",
                help="propose this partner too, if it qualifies for a project; may be repeated",
            ),
            exit_code("eligible", "not eligible", "cannot be decided"),
            _url,
        ),
    ),
    Command(
        "losses",
        "who loses its eligibility by a day if nothing happens, and why",
        "Decide everybody as of today and as of another day, and print who loses its eligibility, the largest "
        f"spend first. {_ASKS}",
        runs("local.commands.losses", set_up_commands, here=True),
        (
            option("--by", type=day, required=True, metavar="YYYY-MM-DD", help="the day compared with today"),
            option(
                "--partner",
                action="append",
                default=[],
                type=_partner_id,
                metavar="ID",
                help="only customers of this partner; may be repeated, up to 20 times",
            ),
            _IF_LOST,
            _url,
        ),
    ),
    Command(
        "what-if",
        "who would lose its eligibility if a partner were no longer qualified",
        f"What would change for customers if something were otherwise. {_ASKS}",
        runs("local.commands.what_if", set_up_commands, here=True),
        parts=(
            Part(
                "partner",
                "print which customers of a partner lose their eligibility if its competencies and designations end",
                (
                    option("id", type=_partner_id, metavar="ID", help="the partner's id, such as P-fabrikam"),
                    option(
                        "--ends", type=day, required=True, metavar="YYYY-MM-DD", help="the last day on which they hold"
                    ),
                    _IF_LOST,
                    _url,
                ),
            ),
        ),
    ),
    Command(
        "near",
        "who lacks nothing but spend, those that lack least first",
        f"Print the customers that lack nothing but spend, as they were counted last. {_ASKS}",
        runs("local.commands.near", set_up_commands, here=True),
        (
            option("--limit", type=limit, default=20, metavar="N", help="how many customers at most, up to 1000 (20)"),
            _url,
        ),
    ),
    Command(
        "quarantine",
        "list, show, put back, close or correct messages that could not be handled",
        f"Messages that could not be handled. {_ASKS}",
        runs("local.commands.quarantine", set_up_commands, here=True),
        parts=(
            Part("list", "list messages, oldest first", (*_WHICH, _url)),
            Part(
                "faults",
                "count the messages that wait for somebody, by fault",
                (exit_code("none waits", "some wait"), _url),
            ),
            Part("show", "print one message whole, with every fault and how it was done", (_MESSAGE, _url)),
            Part(
                "redrive",
                "put a message back on its queue, whatever is wrong with it; or of many those that can succeed",
                (
                    one_of(
                        _SOME,
                        _FAULT,
                        option("--all", action="store_true", help="all that are kept and can succeed now"),
                        required=True,
                    ),
                    option("--dry-run", action="store_true", help="say what would be put back; put nothing back"),
                    author,
                    _url,
                ),
            ),
            Part(
                "close",
                "mark a message, or all of a fault, as done",
                (
                    one_of(_SOME, _FAULT, required=True),
                    option("--reason", required=True, metavar="WHY", help="why nothing more is to be done"),
                    option("--dry-run", action="store_true", help="say what would be closed; close nothing"),
                    author,
                    _url,
                ),
            ),
            Part(
                "resubmit",
                "queue a corrected event in a message's place",
                (
                    _MESSAGE,
                    option("file", metavar="FILE", help="the corrected event as JSON; -: standard input"),
                    author,
                    _url,
                ),
            ),
        ),
    ),
)
