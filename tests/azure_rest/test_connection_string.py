"""Connection strings: where the services are, and what is said of a bad one."""

import pytest

from local.host.development_storage import ACCOUNT, KEY, connection_string
from shared.azure_rest.connection_string import parse_connection_string

KEYED = "AccountName=acc;AccountKey=a2V5PT0="


def test_an_account_of_azure_has_its_services_under_its_name() -> None:
    found = parse_connection_string(f"DefaultEndpointsProtocol=https;{KEYED};EndpointSuffix=core.windows.net")
    assert (found.name, found.key) == ("acc", "a2V5PT0=")
    assert found.table_address == "https://acc.table.core.windows.net"
    assert found.queue_address == "https://acc.queue.core.windows.net"
    assert parse_connection_string(KEYED) == found


def test_another_clouds_suffix_and_addresses_of_their_own_are_honoured() -> None:
    found = parse_connection_string(f"{KEYED};EndpointSuffix=core.chinacloudapi.cn;TableEndpoint=http://x:1/acc")
    assert found.table_address == "http://x:1/acc"
    assert found.queue_address == "https://acc.queue.core.chinacloudapi.cn"


def test_development_storage_is_azurite_on_its_usual_ports() -> None:
    short, long = (parse_connection_string(each) for each in ("UseDevelopmentStorage=true;", connection_string()))
    assert short == long
    assert (short.name, short.key) == (ACCOUNT, KEY)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "no name=value"),
        ("canary", "no name=value"),
        ("AccountName=canary", "no AccountKey"),
        ("AccountKey=canary", "no AccountName"),
        ("AccountName=a;SharedAccessSignature=canary", "no AccountKey"),
    ],
)
def test_what_is_missing_is_told_without_quoting_the_rest(text: str, reason: str) -> None:
    with pytest.raises(ValueError, match=reason) as told:
        parse_connection_string(text)
    assert "canary" not in str(told.value)


def test_the_key_is_not_shown() -> None:
    assert "a2V5" not in repr(parse_connection_string(KEYED))
