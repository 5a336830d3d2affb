"""Connection strings of storage accounts: text in, the services' addresses and the account's key out."""

from dataclasses import dataclass, field
from typing import Final

_DEVELOPMENT: Final = {"usedevelopmentstorage": "true"}


@dataclass(frozen=True, slots=True)
class Account:
    name: str
    key: str = field(repr=False)
    table_address: str
    queue_address: str


def parse_connection_string(text: str) -> Account:
    """Raises ValueError, which does not quote the text: it holds the key."""
    parts = dict(_part(part) for part in text.strip().rstrip(";").split(";"))
    if parts == _DEVELOPMENT:
        return _development()
    missing = [name for name in ("AccountName", "AccountKey") if not parts.get(name.lower())]
    if missing:
        raise ValueError(f"it has no {missing[0]}")
    name = parts["accountname"]
    scheme, suffix = parts.get("defaultendpointsprotocol", "https"), parts.get("endpointsuffix", "core.windows.net")
    table, queue = (
        parts.get(f"{service}endpoint") or f"{scheme}://{name}.{service}.{suffix}" for service in ("table", "queue")
    )
    return Account(name, parts["accountkey"], table, queue)


def _part(part: str) -> tuple[str, str]:
    name, equals, value = part.partition("=")
    if not equals:
        raise ValueError("a part of it is no name=value")
    return name.strip().lower(), value.strip()


def _development() -> Account:
    """The emulator's account and published key are constants of the SDK."""
    from azure.core.credentials import AzureNamedKeyCredential
    from azure.data.tables import TableServiceClient

    client = TableServiceClient.from_connection_string("UseDevelopmentStorage=true")
    credential = client.credential
    assert isinstance(credential, AzureNamedKeyCredential)  # noqa: S101  narrows the type
    name, key = credential.named_key
    return Account(name, key, f"http://127.0.0.1:10002/{name}", f"http://127.0.0.1:10001/{name}")
