"""The producers in samples/ against the running system: straight onto the queue, and by HTTP with curl."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from local.host.development_storage import connection_string
from local.host.ports import free_ports
from tests.host.hosts import ROOT
from tests.system.running_system import RunningSystem, running_system

SAMPLES = ROOT / "samples"
EVENT = SAMPLES / "event.json"


@pytest.fixture(scope="module")
def system(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningSystem]:
    with running_system(tmp_path_factory.mktemp("samples") / "log", later=True) as running:
        yield running


def run(command: list[str], **settings: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, **settings}
    return subprocess.run(command, capture_output=True, text=True, env=environment, timeout=60, check=False)


def test_the_python_producer_posts_straight_onto_the_queue(system: RunningSystem) -> None:
    system.create_event_queue()
    posted = run(
        [sys.executable, str(SAMPLES / "post_event.py"), str(EVENT)], EligibilityStorage=system.host.connection
    )
    assert posted.returncode == 0, posted.stderr
    assert posted.stdout.startswith("queued ")
    system.host.settle()
    (licence,) = system.get("customers/C-1002")["licences"]
    assert licence["event"]["id"] == "inv-88121"


@pytest.mark.parametrize("producer", [[sys.executable, "post_event.py"], ["sh", "post_event.sh"]], ids=["python", "sh"])
@pytest.mark.parametrize("place", ["none.json", ""], ids=["no file", "a folder"])
def test_a_file_that_cannot_be_read_is_told_in_a_line_and_nothing_is_posted(
    producer: list[str], place: str, tmp_path: Path
) -> None:
    program, script = producer
    posted = run([program, str(SAMPLES / script), str(tmp_path / place)])
    (told,) = posted.stderr.splitlines()
    assert (posted.returncode, posted.stdout) == (2, "")
    assert told.startswith(f"post_event: {tmp_path / place} cannot be read: ")


def test_the_python_producer_names_a_setting_that_is_no_connection_string_and_does_not_quote_it() -> None:
    posted = run([sys.executable, str(SAMPLES / "post_event.py"), str(EVENT)], EligibilityStorage="canary")
    told = "post_event: EligibilityStorage is not a connection string of a storage account with its key\n"
    assert (posted.returncode, posted.stderr) == (2, told)


def test_the_python_producer_tells_in_a_line_that_no_storage_answers() -> None:
    port, *_ = free_ports(1)
    connection = connection_string((port, port, port))
    posted = run([sys.executable, str(SAMPLES / "post_event.py"), str(EVENT)], EligibilityStorage=connection)
    (told,) = posted.stderr.splitlines()
    assert posted.returncode == 1
    assert f"http://127.0.0.1:{port}/" in told
    assert told.endswith("is it up, is EligibilityStorage right?")


def test_without_curl_its_producer_says_so_in_one_line(tmp_path: Path) -> None:
    posted = run([str(shutil.which("sh")), str(SAMPLES / "post_event.sh"), str(EVENT)], PATH=str(tmp_path))
    assert (posted.returncode, posted.stdout) == (2, "")
    assert posted.stderr == "post_event: there is no curl here: install it, or use samples/post_event.py\n"


@pytest.mark.skipif(shutil.which("curl") is None, reason="no curl here, which samples/post_event.sh needs")
def test_the_curl_producer_posts_over_http_and_shows_what_was_wrong(system: RunningSystem, tmp_path: Path) -> None:
    changed = tmp_path / "event.json"
    changed.write_text(EVENT.read_text().replace("C-1002", "C-9"))
    command = ["sh", str(SAMPLES / "post_event.sh"), str(changed)]
    posted = run(command, ELIGIBILITY_URL=f"{system.host.url}/")
    assert (posted.returncode, posted.stdout) == (0, '{"accepted":1}'), posted.stderr
    system.host.settle()
    assert system.get("customers/C-9")["decision"]["sequence"] == 1
    changed.write_text(EVENT.read_text().replace("240000.00", "240,000.00"))
    refused = run(command, ELIGIBILITY_URL=system.host.url)
    assert refused.returncode != 0
    assert "$.data.annualAmount" in refused.stdout
