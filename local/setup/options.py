"""The command line of ./dev, read before anything is installed; ``local.up`` uses the parser of ``up`` too."""

from __future__ import annotations

import argparse
from pathlib import Path

from local.setup.arguments import day, lease, port, three_ports

PORT = 7071
DEFAULT_URL = f"http://127.0.0.1:{PORT}"

USAGE = """\
usage: ./dev COMMAND [options]

  up             start everything, replay the sample events, show who is eligible and why
  test [...]     run the test suite; arguments go to pytest
  check          style, types, direction of imports, infrastructure; --security: packages and code
  rules ...      check, compare, preview, publish, retire or list rule sets (./dev rules --help)
  check-customer ID [--on DATE]
                 whether a customer is eligible, why, and what would help
  quarantine ... list, show or put back messages that could not be handled (./dev quarantine --help)
  reconcile      hold what is stored of every customer against its facts; only reads
  repair         compute again what reconcile finds; --dry-run only says what it would
  export FILE    write what is stored as events, or with --tables DIR the rows of every table
  import FILE    restore either one into another account (./dev import --help)
  replay FILE    decide a recorded decision again from the facts kept with it, offline
  bench NAME     run bench/NAME.py; further arguments go to it
  soak [...]     kill workers and break calls for some 20 minutes, and hold the end against the oracle
  mutants [...]  plant bugs in a copy of the product and see that the suite notices each
  reference      write docs/schemas, docs/asyncapi.json and the generated parts of docs/reference
  setup          only set up: Python 3.13, .venv, node_modules (the others do this first by themselves)
  doctor         say what is missing and how to get it; changes nothing
  pin            make every requirements*.txt and package-lock.json anew from what they are made of

./dev COMMAND --help says more."""

COMMANDS = {
    "test": """\
usage: ./dev test [--deep] [pytest arguments]

Runs the suite on two processes, each with an Azurite of its own on free ports. Say -n 0 for one process (to debug), or
give a file, a folder or -k EXPRESSION as with pytest. With --deep it runs instead the tests that take minutes each.""",
    "check": """\
usage: ./dev check [--security [FILE]]

Runs ruff (rules and format), mypy --strict, the import-direction rule and the quick checks of the infrastructure, all
of them; status 1 if any fails.
With --security it runs these instead: pip-audit over requirements.txt and npm audit (known faults of the packages, both
ask a service over the network), bandit (weaknesses of the code), and cyclonedx-py, which writes a bill of materials of
requirements.txt to FILE (.data/sbom.cdx.json). Status 1 if one finds something or cannot look, a service that does not
answer included.""",
    "rules": """\
usage: ./dev rules validate FILE [--cases PATH]
       ./dev rules diff A B
       ./dev rules preview FILE [--cases PATH] [--author WHO] [--note WHY] [--url URL]
       ./dev rules publish FILE [--max-lost N] [--no-wait] [the same]
       ./dev rules retire VERSION [--max-lost N] [--no-wait] [--author WHO] [--note WHY] [--url URL]
       ./dev rules list [--url URL]

validate checks a document and its golden cases (a list in one file or a folder of files; without --cases those in
cases/NAME beside NAME.json; status 2 if PATH has none); diff says in words what B changes against A. Neither needs an
app. The others ask the one at --url (else ELIGIBILITY_URL, else http://127.0.0.1:7071, as ./dev up starts it); its key
or token, if it needs one, is read from ELIGIBILITY_KEY or ELIGIBILITY_TOKEN. preview stores the document as a draft and
says who would gain and who would lose. publish does that and then puts it in force, unless more than N customers would
lose their eligibility (0), and waits until everybody is decided again, or says which later change superseded it; status
1 if the version is retired meanwhile. retire takes a version out of force in the same way.""",
    "check-customer": """\
usage: ./dev check-customer ID [--on YYYY-MM-DD] [--partner ID ...] [--url URL]

Prints whether the customer is eligible, as of today or of a date, the reasons as a tree with a mark each, and what
would help; --partner names a partner to propose too, if it qualifies. Asks the app at --url (else
ELIGIBILITY_URL, else http://127.0.0.1:7071, as ./dev up starts it), with the key in ELIGIBILITY_KEY or the token in
ELIGIBILITY_TOKEN, if set.""",
    "quarantine": """\
usage: ./dev quarantine list [--url URL]
       ./dev quarantine show ID [--url URL]
       ./dev quarantine redrive ID|--all [--dry-run] [--url URL]

list names the messages that could not be handled, oldest first; show prints one whole, with every fault; redrive puts
one, or all that were not put back already, on their queues again, or with --dry-run only says which. Asks the app at
--url (else ELIGIBILITY_URL, else http://127.0.0.1:7071, as ./dev up starts it), with the key in ELIGIBILITY_KEY or the
token in ELIGIBILITY_TOKEN, if set.""",
    "reconcile": """\
usage: ./dev reconcile

Set EligibilityStorage to the connection string of the app's storage account, or EligibilityStorage__tableServiceUri and
EligibilityStorage__queueServiceUri to its services' addresses, which are read as whoever is signed in at the Azure CLI
(az login), with the role Storage Table Data Reader on the account. Reads all that is stored, decides every customer
again from its facts, and lists where the decision, what it was made by (partners, rules, day), the next date, the
partners' summaries, the indexes, the rows of due dates and of notifications, or the recorded decisions differ. Changes
nothing. Looks twice, so that work under way is not told. Status 1 if anything differs.""",
    "repair": """\
usage: ./dev repair [--dry-run]

Reads the account of the same settings as reconcile, and repairs what that finds, after tables were restored for
instance: sums up partners again from their facts, gives partners and rules that went back a revision or an epoch that
nobody was decided by, writes rows of indexes, dates and notifications again, and decides the customers concerned again,
with the cause "repair". The app may run or not; its timers send what has to be notified. May be stopped and run again.
Passes over everything until nothing is left, and ends with status 1 if something is. With --dry-run it changes nothing,
says what it would do, and ends with status 1 if anything is to repair. Needs the role Storage Table Data Contributor,
for --dry-run Storage Table Data Reader.""",
    "export": """\
usage: ./dev export FILE
       ./dev export --tables DIR

Reads the account of the same settings as reconcile. FILE gets every fact as the event it came from, one CloudEvent a
line, and FILE's name with .rules.jsonl the rule sets; this may be done at any time. DIR gets the rows of every table,
decisions and quarantine included, and a manifest; for this the app has to be stopped, since the rows have to be of one
moment, which is checked. Neither is written over what is there. Needs the role Storage Table Data Reader and, for
--tables, Storage Queue Data Reader.""",
    "import": """\
usage: ./dev import FILE [--keep-rules]
       ./dev import DIR

Brings what ./dev export wrote into the account of the same settings as reconcile. Of FILE (any file with one CloudEvent
a line) every event is checked as at the queue and sent to it, with EVENTS_TRANSPORT service-bus to that of Service Bus;
lines that are not right are reported by number, kept in FILE.rejected, and make the status 1. The rule sets beside FILE
are stored where the account has none but the shipped one and nobody is decided; where others are in force it stops,
unless --keep-rules is given. DIR is only taken by an account whose tables are empty, and the app has to be stopped.
Everything is checked before it is written. One that was stopped goes on where it was when it is run again.
Set NOTIFICATIONS_SOURCE as it is set there: events that are imported into a second deployment are notified again. Needs
the roles Storage Table Data Contributor and Storage Queue Data Message Sender or Azure Service Bus Data Sender.""",
    "replay": """\
usage: ./dev replay FILE

Decides again what GET customers/{id}/history/{sequence} answered (FILE, or - for standard input), from the facts and
the rule set in it, and says whether the same comes out. Needs no app. Status 0: the same; 1: not.""",
    "bench": """\
usage: ./dev bench NAME [arguments]

Runs bench/NAME.py; without NAME lists what there is.""",
    "soak": """\
usage: ./dev soak [--seed N] [--events N] [--kills N] [--workers N] [--faults SHARE] [--lease SECONDS]

Sends random events (25,000), shuffled and a tenth of them twice, through worker processes (4) that are killed by
SIGKILL (500 times) and replaced, a share of whose calls of the storage (0.03) is reset, unanswered, refused or late.
A killed worker's messages come back after the lease (5). Then it lets everything be handled, holds facts, decisions,
notifications and quarantine against the oracle and prints a table; status 1 if anything is not as it must be. The seed
is printed; with it the same events come in the same order, though not the same kills at the same calls.""",
    "mutants": """\
usage: ./dev mutants [words]

Plants each bug of tests/mutants/planted.py (or those whose name has all the words) in a copy and runs the part of the
suite that needs no Azurite, until a test goes red. Prints a table; status 1 if a bug went unnoticed. Takes minutes.""",
    "reference": """\
usage: ./dev reference

Writes the JSON Schemas of events, rule sets, questions, decisions, notifications and problems to docs/schemas,
docs/asyncapi.json, and the generated parts of the pages in docs/reference, from what the code declares. Tests hold them
equal.""",
    "setup": """\
usage: ./dev setup

Installs into .venv and node_modules what the pins say; does nothing when it is there. Python 3.13, uv and Node go into
.tools/ where the machine has none. This is what tests and measurements need; ./dev up by itself installs only what the
app needs (requirements-local.txt, npm without development packages). Full output of every step is in .tools/*.log.""",
    "doctor": """\
usage: ./dev doctor

Looks at Python, pip, Node, .venv, node_modules, a browser and the default ports; says what is missing and how to get
it. Changes nothing. Status 1 if anything is missing that ./dev up needs, or that ./dev test needs and cannot
install.""",
    "pin": """\
usage: ./dev pin [--upgrade]

Writes requirements.txt (what Azure installs), requirements-local.txt (what ./dev up needs), requirements-dev.txt (what
the rest needs), requirements-tools.txt, requirements-checks.txt, bench/requirements.txt and package-lock.json,
keeping the versions they pin; --upgrade takes the newest ones
allowed.""",
}


def up_parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="./dev up",
        description="Start Azurite and the app, replay the sample events, print each notification as it is sent and a "
        "closing table of customers, then serve until Ctrl-C.",
    )
    add = parser.add_argument
    add("--port", type=port, default=PORT, help=f"port of the HTTP API ({PORT}; 0: any free one)")
    add(
        "--azurite-ports",
        type=three_ports,
        metavar="B,Q,T",
        help="Azurite's ports for blobs, queues and tables (10000,10001,10002, or any free ones where --port is not "
        f"{PORT}; 0,0,0: any free ones)",
    )
    add(
        "--data",
        type=Path,
        metavar="DIR",
        help="keep what is stored here, over restarts; without it a fresh temporary folder is used and removed at the "
        "end, so that every run starts from nothing",
    )
    add(
        "--transport",
        choices=("storage-queue", "service-bus"),
        default="storage-queue",
        help="what carries events and notifications (storage-queue); service-bus starts a broker that stands in for "
        "it, unless ServiceBusConnection is set, to that of Microsoft's emulator (compose.yaml) for instance",
    )
    events = parser.add_mutually_exclusive_group()
    events.add_argument("--events", type=Path, metavar="FILE", help="replay this file (samples/events.jsonl)")
    events.add_argument("--no-events", action="store_true", help="replay nothing")
    add("--clock", type=day, metavar="YYYY-MM-DD", help="pretend it is this day")
    add("--once", action="store_true", help="stop once every queue with a trigger is empty and nothing is running")
    add(
        "--lease",
        type=lease,
        default=60,
        metavar="SECONDS",
        help="how long a message being handled stays hidden, unless it is renewed: so long it is waited for after a "
        "run was killed (60)",
    )
    return parser
