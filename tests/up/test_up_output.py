"""What ./dev up prints beside notifications: what a producer needs, why a message is in quarantine, what is awaited."""

import base64
import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from azure.data.tables import TableServiceClient
from azure.storage.queue import QueueClient

from local.host.ports import AZURITE_PORTS
from local.setup.commands import parser_of
from local.up import azurite_ports
from tests.host.hosts import ROOT, command
from tests.up.running_up import Up, spend, told


@dataclass
class Told:
    """What a running ./dev up printed of itself."""

    process: subprocess.Popen[str]
    address: str
    storage: str
    posts: str


@pytest.fixture(scope="module")
def up() -> Iterator[Told]:
    with Up().start("--no-events", "--azurite-ports", "0,0,0") as process:
        beginnings = ("ready ", "storage ", "post an event: ")
        yield Told(process, *(told(process, each) for each in beginnings))
        process.kill()


def test_the_line_that_posts_an_event_works_as_it_is_with_the_ports_in_use(up: Told) -> None:
    posts = up.posts.replace(".venv/bin/python", sys.executable)
    subprocess.run(["sh", "-c", posts], cwd=ROOT, check=True, capture_output=True, timeout=30)
    customer = json.loads((ROOT / "samples" / "event.json").read_text())["data"]["customerId"]
    assert told(up.process, f"notified  {customer}/1")


def test_the_connection_string_opens_the_storage_and_a_producer_on_the_queue_says_where_it_posted(up: Told) -> None:
    with TableServiceClient.from_connection_string(up.storage) as tables:
        assert "rules" in {table.name for table in tables.list_tables()}
    posted = subprocess.run(
        [sys.executable, "samples/post_event.py", "samples/event.json"],
        cwd=ROOT,
        env={**os.environ, "EligibilityStorage": up.storage},
        capture_output=True,
        text=True,
        check=True,
    )
    queue = re.search(r"QueueEndpoint=(http://[^;]+)", up.storage)
    assert queue
    assert posted.stdout.rstrip().endswith(f" on {queue[1]}/eligibility-events")


def test_a_message_put_into_quarantine_is_shown_with_its_reason_and_the_command_that_shows_it_whole(up: Told) -> None:
    with QueueClient.from_connection_string(up.storage, "eligibility-events") as queue:
        queue.send_message(base64.b64encode(b'{"specversion": "1.0", "id": "\x1b[2J"').decode())
    reason = told(up.process, "quarantined  ")
    assert reason.startswith("not JSON: ")
    assert "\x1b" not in reason
    shows = told(up.process, "             ./dev ").split()
    assert shows[:2] == ["quarantine", "show"]
    shown = subprocess.run(
        command("local.commands.quarantine", *shows[1:]), cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert reason.removesuffix("...") in shown.stdout


def test_with_a_port_of_its_own_it_leaves_azurites_usual_ports_to_another_app() -> None:
    assert azurite_ports(parser_of("up").parse_args(["--port", "0"])) is None
    assert azurite_ports(parser_of("up").parse_args([])) == AZURITE_PORTS
    assert azurite_ports(parser_of("up").parse_args(["--port", "0", "--azurite-ports", "1,2,3"])) == (1, 2, 3)


def test_after_kill_9_it_says_which_messages_wait_for_the_dead_runs_lease_and_until_when(tmp_path: Path) -> None:
    events, data = tmp_path / "events.jsonl", tmp_path / "data"
    events.write_text("".join(spend(1, "100").replace('"C-1"', f'"C-{n}"') + "\n" for n in range(300)))
    with Up().start("--data", str(data), "--events", str(events), "--lease", "120") as process:
        told(process, "notified ")
        process.kill()
    with Up().start("--data", str(data), "--no-events") as process:
        waiting = told(process, "waiting   ")
        found = re.fullmatch(
            r"[1-9]\d* on eligibility-events: an earlier run was handling it; "
            r"it comes back by (\d\d:\d\d:\d\d) at the latest",
            waiting,
        )
        assert found
        until = datetime.strptime(found[1], "%H:%M:%S")
        now = datetime.strptime(f"{datetime.now():%H:%M:%S}", "%H:%M:%S")
        assert timedelta() < (until - now) % timedelta(days=1) <= timedelta(seconds=120)


def test_when_nobody_reads_what_it_prints_it_ends_as_by_sigpipe_and_no_event_is_put_into_quarantine(
    tmp_path: Path,
) -> None:
    data = tmp_path / "data"
    with Up().start("--data", str(data)) as process:
        told(process, "notified ")
        assert process.stdout
        process.stdout.close()
        assert process.wait(30) == 128 + signal.SIGPIPE
