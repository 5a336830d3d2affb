"""The log of a running host: a line per event, and neither the storage key nor what customers sent."""

from pathlib import Path

from tests import events
from tests.system.running_system import running_system

CANARY = "Zanzibar-Canary"


def test_neither_the_key_nor_what_customers_sent_is_in_the_log_of_a_running_host(tmp_path: Path) -> None:
    log = tmp_path / "log"
    with running_system(log) as system:
        bodies = [events.spend(name=CANARY), events.spend(currency=CANARY), CANARY.encode(), *events.eligible()]
        for body in bodies:
            system.send(body)
            system.post(body)
        system.host.settle()
        (key,) = (each for each in system.host.connection.split(";") if each.startswith("AccountKey="))
        text = log.read_text()
    assert text.count("eligibility.event: event handled: result ") >= len(bodies)
    assert CANARY not in text
    assert key.removeprefix("AccountKey=") not in text
