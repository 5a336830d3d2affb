"""Settings: those that the template sets and those that the code reads have to be the same.

Arrives: a template, and the code of the app. Leaves: a line for each setting that only one of them knows.
"""

import inspect
import itertools
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from shared import settings as code_settings
from tests.infra.template import Expression, File, Template, Value

ROOT: Final = Path(__file__).parents[2]

type Settings = Mapping[str, list[str]]

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

ONE_OF: Final = {
    "oldestVersion": code_settings.RELEASED[0],
    "'${retentionDays}'": "30",
    "'${logOneOf}'": "1",
    "'${customersPerSecond}'": "5500",
    "'${surveyHours}'": "24",
    "'${approvals}'": "0",
}
"""Parameters that have to be one of a few words, with one of them."""

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


def setting_faults(template: Template) -> Iterator[str]:
    settings = settings_set(template)
    try:
        read = settings_read(settings)
    except code_settings.SettingError as fault:
        yield f"under the template's settings the app would say: {fault}"
        return
    yield from (f"setting {name} is read by nobody" for name in sorted(set(settings) - read - set(PLATFORM)))
    yield from (f"setting {name} is read and not set" for name in sorted(read - set(settings) - set(NOT_IN_AZURE)))
    yield from (f"setting {name} does not belong in Azure" for name in sorted(set(settings) & set(NOT_IN_AZURE)))
    yield from (f"setting {name} is missing" for name in sorted(set(PLATFORM) - set(settings)))
    yield from _described(read | set(settings))


def _described(settings: set[str]) -> Iterator[str]:
    """docs/reference/settings.md names every setting, in a table or elsewhere."""
    page = (ROOT / "docs" / "reference" / "settings.md").read_text("utf-8")
    named = set(re.findall(r"\b[A-Za-z]+(?:_+[A-Za-z]+)*\b", page))
    yield from (f"setting {name} is not in docs/reference/settings.md" for name in sorted(settings - named))


def settings_set(template: Template) -> dict[str, list[str]]:
    """The app's settings, each with the values it may have; what Azure works out is told by its name."""
    file = template.file("modules/app.bicep")
    declared = file.find("settings")
    return dict(_entries(file, declared.body.get("properties"))) if declared else {}


def _entries(file: File, value: Value) -> Iterator[tuple[str, list[str]]]:
    for option in file.options(value):
        if isinstance(option, dict):
            for name, each in option.items():
                yield name, [_told(one) if isinstance(one, Expression) else str(one) for one in file.options(each)]
        for part in option.parts if isinstance(option, Expression) else ():
            yield from _entries(file, part)


def _told(worked_out: Expression) -> str:
    """The name of what Azure works out; of an address it is known how it begins (`primaryEndpoints`)."""
    if worked_out.text in ONE_OF:
        return ONE_OF[worked_out.text]
    return f"https://{worked_out.text}" if worked_out.text.endswith("ServiceUri") else worked_out.text


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
    """What the code asks its environment for under any of the template's settings; raises what the code raises."""
    asked: set[str] = set()
    for environment in environments(settings):
        watched = _Watched(environment | {"WEBSITE_AUTH_ENABLED": "True"})
        watched.asked = asked
        for read in _readers():
            read(watched)
    return asked


def environments(settings: Settings) -> Iterator[dict[str, str]]:
    for values in itertools.product(*settings.values()):
        yield dict(zip(settings, values, strict=True))


def _readers() -> list[Any]:
    """Every public function of the settings' module that takes an environment."""
    functions = inspect.getmembers(code_settings, inspect.isfunction)
    return [
        each
        for name, each in functions
        if not name.startswith("_") and list(inspect.signature(each).parameters)[:1] == ["environment"]
    ]
