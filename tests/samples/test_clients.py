"""A producer and a subscriber of samples/ in each language, against the running system over each transport."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from azure.storage.queue import QueueClient

from tests.host.hosts import eventually
from tests.samples.programs import LANGUAGES, run, running
from tests.system.running_system import RunningSystem, running_system

NOTIFICATIONS = "eligibility-notifications"


@pytest.fixture(scope="module")
def over_storage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningSystem]:
    with running_system(tmp_path_factory.mktemp("clients") / "log", later=True) as system:
        yield system


@pytest.fixture(scope="module")
def over_service_bus(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningSystem]:
    log = tmp_path_factory.mktemp("clients-of-the-bus") / "log"
    with running_system(log, later=True, over="service-bus") as system:
        yield system


def awaits(printed: Path, line: str, seconds: float = 30) -> None:
    eventually(lambda: line in printed.read_text().splitlines(), seconds)


def is_empty(queue: QueueClient) -> bool:
    """Whether no message is left, those being handled counted."""
    return queue.get_queue_properties().approximate_message_count == 0


@pytest.mark.parametrize("language", LANGUAGES)
def test_over_storage_queues_a_subscriber_prints_each_change_once_though_it_comes_again_and_over_a_restart(
    over_storage: RunningSystem, language: str, tmp_path: Path
) -> None:
    customer = f"C-storage-{language}"
    settings = over_storage.settings
    highest, printed = tmp_path / "highest.json", tmp_path / "printed"
    subscriber = (f"subscribe_storage_queue.{language}", [str(highest)], settings, printed)
    queue = QueueClient.from_connection_string(over_storage.host.connection, NOTIFICATIONS)
    sent = run(f"produce_storage_queue.{language}", customer, settings)
    assert sent.startswith("sent ")
    (again,) = eventually(queue.peek_messages)
    with running(*subscriber):
        awaits(printed, f"{customer}/1: unassessed -> ineligible")
        eventually(lambda: is_empty(queue))  # killed earlier, it would rightly see the message again
    with running(*subscriber):
        queue.send_message(again.content)
        eventually(lambda: is_empty(queue), 30)
    assert printed.read_text().count(f"{customer}/1") == 1
    assert json.loads(highest.read_text()) == {customer: 1}


def test_what_a_subscriber_missed_is_caught_up_from_the_api_and_no_more(
    over_storage: RunningSystem, tmp_path: Path
) -> None:
    settings = {**over_storage.settings, "ELIGIBILITY_URL": over_storage.host.url}
    for customer in ("C-missed-1", "C-missed-2"):
        run("produce_storage_queue.py", customer, settings)
    over_storage.host.settle()
    highest = tmp_path / "highest.json"
    highest.write_text('{"C-missed-1": 1}')
    printed = run("catch_up.py", str(highest), settings)
    assert "C-missed-2/1: ineligible" in printed.splitlines()
    assert "C-missed-1" not in printed
    assert run("catch_up.py", str(highest), settings) == ""


@pytest.mark.parametrize("language", LANGUAGES)
def test_over_service_bus_a_subscriber_prints_a_change_of_the_customer_itself_whatever_the_session_is_called(
    over_service_bus: RunningSystem, language: str, tmp_path: Path
) -> None:
    customer, printed = f"C-Bus-{language}", tmp_path / "printed"
    settings = over_service_bus.settings
    sent = run(f"produce_service_bus.{language}", customer, settings)
    assert sent.startswith("sent ")
    kept_in = [str(tmp_path / "highest.json")] if language == "py" else []
    with running(f"subscribe_service_bus.{language}", ["all", *kept_in], settings, printed):
        awaits(printed, f"{customer}/1: unassessed -> ineligible")
