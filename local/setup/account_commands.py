"""The commands that work on the app's storage account, and on what they wrote from it to files."""

from __future__ import annotations

from pathlib import Path

from local.setup.arguments import author
from local.setup.command import Command, one_of, option, runs
from local.setup.exit_code import exit_code
from local.setup.set_up import set_up_commands

ACCOUNT_COMMANDS = (
    Command(
        "reconcile",
        "hold what is stored of every customer against its facts; only reads",
        "Set EligibilityStorage to the connection string of the app's storage account, or "
        "EligibilityStorage__tableServiceUri and EligibilityStorage__queueServiceUri to its services' addresses, which "
        "are read as the user who is signed in at the Azure CLI (az login), with the role Storage Table Data Reader on "
        "the account. Reads all that is stored, decides every customer again from its facts, and lists where the "
        "decision, what it was made by (partners, rules, day), the next date, the partners' summaries, the indexes, "
        "the rows of due dates and of notifications, or the recorded decisions differ. Changes nothing. Looks twice, "
        "so that work under way is not reported. Status 1 if anything differs, as if it could not look; --exit-code "
        "tells the two apart.",
        runs("local.commands.reconcile", set_up_commands, here=True),
        (exit_code("no differences", "something differs"),),
    ),
    Command(
        "repair",
        "compute again what reconcile finds; --dry-run only says what it would",
        "Reads the account of the same settings as reconcile, and repairs what that finds, after tables were restored "
        "for instance: sums up partners again from their facts, gives partners and rules that went back a revision or "
        "an epoch that no customer was decided by, writes rows of indexes, dates and notifications again, and decides "
        'the customers concerned again, with the cause "repair". The app may run or not; its timers send what has to '
        "be notified. May be stopped and run again. Passes over everything until nothing is left, and ends with status "
        "1 if something is. Needs the role Storage Table Data Contributor, for --dry-run Storage Table Data Reader.",
        runs("local.commands.repair", set_up_commands, here=True),
        (
            option(
                "--dry-run",
                action="store_true",
                help="change nothing and say what would be repaired; status 1 if anything is to repair",
            ),
        ),
    ),
    Command(
        "reindex",
        "write the population index and the lists by day again from the customers",
        "Reads every customer of the account of the same settings as reconcile and writes its row in the population "
        "index where it is missing or differs; of rows in a wrong partition, or of customers without a decision, it "
        "leaves none that says otherwise. Writes its rows in the lists by day where they are missing, and deletes "
        "those that are wrong. Decides nobody: who differs from its facts stays so (./dev repair). The app may run or "
        "not. May be stopped and run again. Needs the role Storage Table Data Contributor.",
        runs("local.commands.reindex", set_up_commands, here=True),
    ),
    Command(
        "export",
        "write what is stored as events, or the rows of every table",
        "Reads the account of the same settings as reconcile. FILE gets every fact as the event it came from, one "
        "CloudEvent a line, and FILE's name with .rules.jsonl the rule sets; this may be done at any time. DIR gets "
        "the rows of every table, decisions and quarantine included, and a manifest; for this the app has to be "
        "stopped, since the rows have to be of one moment, which is checked. Neither is written over what is there. "
        "Needs the role Storage Table Data Reader and, for --tables, Storage Queue Data Reader.",
        runs("local.commands.export", set_up_commands, here=True),
        (
            one_of(
                option("file", nargs="?", type=Path, metavar="FILE", help="the events, one a line, into this new file"),
                option("--tables", type=Path, metavar="DIR", help="the rows of all tables, into this new folder"),
                required=True,
            ),
        ),
    ),
    Command(
        "import",
        "bring in events from a CSV or from lines of JSON, or restore what export wrote",
        "Brings events, or what ./dev export wrote, into the account of the same settings as reconcile. FILE has one "
        "CloudEvent a line, as an export of events, or is a CSV whose columns the mapping names. Every row is checked "
        "as at the queue, before anything is sent. Rows that are right are sorted by customer, so that each customer "
        "is decided about once, and sent to the queue, with EVENTS_TRANSPORT service-bus to that of Service Bus; those "
        "that are not are listed in FILE.errors.csv with what would be right, and make the status 1. Importing a file "
        "again changes nothing; of a corrected row the later time wins. --dry-run first shows what would be sent. The "
        "rule sets beside FILE, from an export, are stored where the account has none but the shipped one and no "
        "customer is decided; where others are in force it stops, unless --keep-rules is given. DIR is only taken by "
        "an account whose tables are empty, and the app has to be stopped. An import that was stopped continues where "
        "it was when it is run again. Set NOTIFICATIONS_SOURCE as it is set there: events that are imported into a "
        "second deployment are notified again. Needs the roles Storage Table Data Contributor and Storage Queue Data "
        "Message Sender or Azure Service Bus Data Sender; with Storage Queue Data Reader too, it waits while more than "
        "250 events are on the Storage queue.",
        runs("local.commands.restore", set_up_commands, here=True),
        (
            option("path", type=Path, metavar="FILE|DIR", help="events, or what ./dev export wrote"),
            option(
                "--mapping",
                type=Path,
                metavar="TOML",
                help="FILE is a CSV, and this says which column is which member of the events",
            ),
            option(
                "--time",
                metavar="TIME",
                help="since when the rows of a CSV are so, such as 2026-03-02T09:30:00Z, if they have no times "
                "themselves; give a corrected file a later one",
            ),
            option(
                "--dry-run",
                action="store_true",
                help="check everything, list errors and show the first event; send and store nothing",
            ),
            option("--keep-rules", action="store_true", help="import events alone, whatever rule sets are there"),
            author,
        ),
    ),
    Command(
        "replay",
        "decide a recorded decision again from the facts kept with it, offline",
        "Decides a recorded decision again from the facts and the rule set in it, and says whether the same comes "
        "out. Needs no app. Status 0: the same; 1: not.",
        runs("local.commands.replay", set_up_commands, here=True),
        (
            option(
                "file", metavar="FILE", help="what GET customers/{id}/history/{sequence} answered; - for standard input"
            ),
        ),
    ),
)
