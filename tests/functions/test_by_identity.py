"""With a managed identity and no key: an event needs one call for its token, and nothing of the SDK."""

from pathlib import Path
from typing import Any

import pytest

from bench._by_identity import by_identity
from bench._prepared import customer, unchanging
from tests.functions.children import told_by

AFTER_THE_EVENT, AFTER_THE_QUESTION = 1, 2


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    folder: Path = tmp_path_factory.mktemp("identity")
    with by_identity(folder, 1) as settings:
        found: dict[str, Any] = told_by("tell_by_identity", **settings, EVENT=unchanging(0, 1).decode())
    return found


@pytest.mark.parametrize(
    "name", ["azure.identity", "msal", "azure.core", "azure.data.tables", "azure.storage.queue", "requests", "pydantic"]
)
def test_the_first_event_loads_no(told: dict[str, Any], name: str) -> None:
    loaded = told["loaded"][AFTER_THE_EVENT]
    assert [each for each in loaded if each == name or each.startswith(f"{name}.")] == []
    assert "shared.azure_rest.managed_identity" in loaded, "it was asked by identity"


def test_queries_which_the_sdk_makes_are_authorised_by_the_same_call(told: dict[str, Any]) -> None:
    assert customer(0) in told["directory"]
    loaded = told["loaded"][AFTER_THE_QUESTION]
    assert "azure.data.tables.aio" in loaded
    assert "azure.identity" not in loaded
