"""Settings: those that a deployment sets and those that the code reads have to be the same.

Arrives: the snapshots, and the code of the app. Leaves: a line for each setting that only one of them knows.
"""

import inspect
import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from shared import settings as code_settings
from tests.infra.rules import SITE
from tests.infra.snapshots import ROOT, Snapshot

type Settings = Mapping[str, str]

PLATFORM: Final = {
    "AzureWebJobsStorage__accountName": "the Functions host: its own storage account",
    "AzureWebJobsStorage__credential": "the Functions host: a managed identity for it",
    "AzureWebJobsStorage__clientId": "the Functions host: which identity",
    "EligibilityStorage__credential": "the Functions host: its queue triggers take a managed identity",
    "ServiceBusConnection__credential": "the Functions host: its Service Bus triggers take a managed identity",
    "APPLICATIONINSIGHTS_CONNECTION_STRING": "the Functions host and the exporter: where telemetry goes",
    "APPLICATIONINSIGHTS_AUTHENTICATION_STRING": "the Functions host and the exporter: by which identity",
    "AzureFunctionsJobHost__telemetryMode": "the Functions host: OpenTelemetry, where telemetry is on",
    "PYTHON_APPLICATIONINSIGHTS_ENABLE_TELEMETRY": "the worker: it sets up the exporter",
    "PYTHON_APPLICATIONINSIGHTS_LOGGER_NAME": "the exporter: our records alone, not its own in an endless loop",
    "OTEL_PYTHON_DISABLED_INSTRUMENTATIONS": "the exporter: no span for each call of tables and queues",
}
"""Settings of Azure Functions that the template sets and the code need not read, each with who reads it."""

NOT_IN_AZURE: Final = {
    "EligibilityStorage": "a connection string holds a key; here there is none",
    "ServiceBusConnection": "likewise",
    "CLOCK_OFFSET_SECONDS": "for development and tests: in Azure the clock is right",
    "PYTHON_ENABLE_OPENTELEMETRY": "the worker's other switch, for an exporter of one's own",
    "WEBSITE_AUTH_ENABLED": "the platform sets it where somebody has to sign in",
    "WEBSITE_SITE_NAME": "the platform sets it",
    "WEBSITE_INSTANCE_ID": "likewise",
    "IDENTITY_ENDPOINT": "likewise, where the app has an identity",
    "IDENTITY_HEADER": "likewise",
}
"""Settings that the code reads and the template leaves out, each with the reason."""


def setting_faults(snapshots: Mapping[str, Snapshot]) -> Iterator[str]:
    read, everywhere = set[str](), set[str]()
    for name, snapshot in snapshots.items():
        settings = settings_set(snapshot)
        everywhere |= set(settings)
        try:
            asked = settings_read(settings)
        except code_settings.SettingError as fault:
            yield f"{name}: under these settings the app would say: {fault}"
            continue
        read |= asked
        missing = asked - set(settings) - set(NOT_IN_AZURE)
        yield from (f"{name}: setting {each} is read and not set" for each in sorted(missing))
    yield from (f"setting {name} is read by nobody" for name in sorted(everywhere - read - set(PLATFORM)))
    yield from (f"setting {name} does not belong in Azure" for name in sorted(everywhere & set(NOT_IN_AZURE)))
    yield from (f"setting {name} is missing" for name in sorted(set(PLATFORM) - everywhere))
    yield from _described(read | everywhere)


def _described(settings: set[str]) -> Iterator[str]:
    """docs/reference/settings.md names every setting, in a table or elsewhere."""
    page = (ROOT / "docs" / "reference" / "settings.md").read_text("utf-8")
    named = set(re.findall(r"\b[A-Za-z]+(?:_+[A-Za-z]+)*\b", page))
    yield from (f"setting {name} is not in docs/reference/settings.md" for name in sorted(settings - named))


def settings_set(snapshot: Snapshot) -> dict[str, str]:
    """The app's settings; what Azure works out is an expression. Of addresses it is known how they begin."""
    declared = snapshot.called(f"{SITE}/config", "appsettings")
    found = declared.at("properties") if declared else {}
    return {name: f"https://{value}" if name.endswith("ServiceUri") else value for name, value in found.items()}


class _Watched(dict[str, str]):
    """An environment that remembers what it was asked for."""

    asked: set[str]

    def get(self, name: str, default: Any = None) -> Any:
        self.asked.add(name)
        return super().get(name, default)

    def __getitem__(self, name: str) -> str:
        self.asked.add(name)
        return super().__getitem__(name)

    def __contains__(self, name: object) -> bool:
        self.asked.add(str(name))
        return super().__contains__(name)


def settings_read(settings: Settings) -> set[str]:
    """What the code asks its environment for under these settings; raises what the code raises."""
    watched = _Watched({**settings, "WEBSITE_AUTH_ENABLED": "True"})
    watched.asked = set()
    for read in _readers():
        read(watched)
    return watched.asked


def _readers() -> list[Any]:
    """Every public function of the settings' module that takes an environment."""
    functions = inspect.getmembers(code_settings, inspect.isfunction)
    return [
        each
        for name, each in functions
        if not name.startswith("_") and list(inspect.signature(each).parameters)[:1] == ["environment"]
    ]
