"""A walk through docs/how-to/deploy.md: every name, role and setting that it mentions is in what would be deployed."""

import re

import pytest

from local.setup.commands import COMMANDS as COMMANDS_OF_DEV
from shared.api.principal import Role
from shared.api.routes import NOUNS
from tests.docs.pages import blocks
from tests.infra.deployment import OF_AZD, PARAMETER, environment_name
from tests.infra.roles import EXPECTED, ROLES, roles_given
from tests.infra.snapshots import DEFAULT, EVERYTHING, FOLDER, NAMES, PRIVATE, ROOT, Snapshot, read_snapshots

PAGE = ROOT / "docs" / "how-to" / "deploy.md"
TEXT = PAGE.read_text("utf-8")
PROSE = re.sub(r"```.*?```", "", TEXT, flags=re.DOTALL)
COMMANDS = "\n".join(block.text for block in blocks(PAGE) if block.info.startswith("sh"))
MAIN = (ROOT / "infra" / "main.bicep").read_text("utf-8")
SNAPSHOTS = read_snapshots()
PARAMETERS = {name: default.strip("'") for name, _, default in PARAMETER.findall(MAIN)}
ENVIRONMENT = {OF_AZD.get(name) or environment_name(name) for name in PARAMETERS}
FOR_PEOPLE = {"Azure Service Bus Data Sender", "Azure Service Bus Data Receiver"}
"""Roles that the page gives to producers and subscribers, whom the template does not know."""
TO_DEPLOY = {"Role Based Access Control Administrator", "User Access Administrator"}
"""Roles of whoever deploys."""
OF_PIPELINE = {"AZURE_CLIENT_ID", "AZURE_TENANT_ID", "AZURE_SUBSCRIPTION_ID", "AZURE_PARAMETERS"}
OF_COMMANDS = {"ELIGIBILITY_URL", "ELIGIBILITY_KEY"}


def test_every_value_that_is_asked_of_azd_is_an_output() -> None:
    asked = set(re.findall(r"azd env get-value (\w+)", TEXT))
    assert asked
    assert asked - set(SNAPSHOTS[DEFAULT].outputs) == set()


def test_every_value_that_is_set_by_azd_is_a_parameter() -> None:
    given = set(re.findall(r"azd env set (\w+)", TEXT)) - {"NAME"}
    assert len(given) > 5
    assert given - ENVIRONMENT == set()


def test_every_name_in_capitals_is_a_parameter_an_output_or_a_setting() -> None:
    named = set(re.findall(r"`\"?\$?([A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+)\"?`", TEXT))
    set_ = {name for snapshot in SNAPSHOTS.values() for name in settings(snapshot)}
    known = ENVIRONMENT | set_ | set(SNAPSHOTS[DEFAULT].outputs) | OF_PIPELINE | OF_COMMANDS
    assert named - known == set()
    assert len(named) > 20


def settings(snapshot: Snapshot) -> dict[str, str]:
    found = snapshot.called("Microsoft.Web/sites/config", "appsettings")
    assert found
    return dict(found.at("properties"))


def test_the_table_of_parameters_has_each_one_by_its_name_in_the_environment_and_its_default() -> None:
    table = TEXT.partition("| parameter | environment |")[2].partition("\n\n")[0]
    rows = [[cell.strip() for cell in line.split("|")[1:5]] for line in table.splitlines() if line.startswith("| `")]
    names = [name for row in rows for name in re.findall(r"`(\w+)`", row[0])]
    assert sorted(names) == sorted(PARAMETERS)
    for name, variable, default, _ in rows:
        (first, *others) = re.findall(r"`(\w+)`", name)
        if others:
            continue
        right = OF_AZD.get(first) or environment_name(first)
        assert variable == (f"`{right}`" if first != "networkPrefix" else "")
        said = default.strip("`")
        assert said == (PARAMETERS[first] or ("asked for" if first in OF_AZD else "none")), first


def test_every_role_is_given_or_is_somebody_elses() -> None:
    named = set(re.findall(r"((?:Azure Service Bus|Storage \w+) Data [A-Z]\w+|[A-Z][\w ]+ Administrator)\b", PROSE))
    given = {role for snapshot in SNAPSHOTS.values() for _, _, role in roles_given(snapshot)}
    assert given == set(ROLES.values())
    found = {name.removeprefix("With ").removeprefix("Contributor and ").strip() for name in named}
    assert found - given - FOR_PEOPLE - TO_DEPLOY == set()


def test_every_app_role_is_among_those_that_the_registration_is_given() -> None:
    chapter = TEXT.partition("## Signing in instead of keys")[2].partition("\n## ")[0]
    assert {role.value for role in Role} == set(re.findall(r"`(\w+\.(?:Read|Publish|Manage|Approve))`", chapter))


def test_every_resource_that_is_named_is_made() -> None:
    starts = set(re.findall(r"`([a-z]+-?(?:[a-z]+-)?)\.\.\.`", PROSE))
    made = [each.called for each in SNAPSHOTS[DEFAULT].resources]
    assert {"stdata", "sthost", "stpack", "log-", "audit-", "id-", "id-deploy-"} <= starts
    assert [start for start in starts if not any(name.startswith(start) for name in made)] == []
    for name in ("eligibility-events", "eligibility-notifications", "eligibility-recompute", "all", "keep"):
        assert f"`{name}`" in PROSE
        assert name in made


def test_the_alerts_are_as_many_as_it_says() -> None:
    kinds = ("metricAlerts", "scheduledQueryRules")
    metric, log = (len(SNAPSHOTS[DEFAULT].of(f"Microsoft.Insights/{kind}")) for kind in kinds)
    assert f"| {_word(metric + log).capitalize()} alerts and an action group |" in TEXT
    assert f"{_word(metric)} metric alerts and {_word(log)} log alerts" in TEXT


def _word(number: int) -> str:
    return ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")[number]


def test_every_function_that_a_key_is_given_of_exists() -> None:
    functions = {route.name for noun in NOUNS for route in noun.routes}
    given = [name for names in re.findall(r"for function in ([\w ]+);", COMMANDS) for name in names.split()]
    assert len(given) > 5
    assert set(given) - functions == set()
    assert "functionKeys.default" not in COMMANDS  # a host key, which opens everything


@pytest.mark.parametrize("message", re.findall(r"fail\('([^']+)'\)", MAIN))
def test_what_the_template_refuses_is_explained_in_its_own_words(message: str) -> None:
    longest = max(re.split(r"\$\{\w+\} ?", message), key=len).strip()
    assert longest in TEXT.partition("## If it fails")[2]


NOT_YET = (
    "InaccessibleStorageException: Failed to access storage account for deployment: BlobUploadFailedException: Failed "
    "to upload blob to storage account: Response status code does not indicate success: 403 (This request is not "
    "authorized to perform this operation using this permission.)"
)
MESSAGES = (
    NOT_YET,
    "503 Site Unavailable",
    "ERROR: No matching distribution found for azure-functions==",
    "Microsoft.Authorization/roleAssignments/write",
    "ScopeLocked",
)
"""As Azure writes them."""


@pytest.mark.parametrize("message", MESSAGES, ids=lambda message: message[:30])
def test_what_azure_may_answer_is_explained_by_its_exact_message(message: str) -> None:
    assert f"{message}" in TEXT.partition("## If it fails")[2]


def test_the_networks_that_can_be_chosen_are_those_it_explains() -> None:
    (allowed,) = re.findall(r"@allowed\(\[([^\]]+)\]\)\nparam networkAccess", MAIN)
    table = TEXT.partition("| `NETWORK_ACCESS` | API |")[2].partition("\n\n")[0]
    assert re.findall(r"^\| `([\w-]+)`", table, re.MULTILINE) == re.findall(r"'([\w-]+)'", allowed)


def test_the_package_that_is_deployed_is_the_one_that_is_made() -> None:
    made = COMMANDS_OF_DEV["package"].parser().parse_args([]).file
    assert f"--src {made.relative_to(ROOT)} --build-remote false" in COMMANDS


def test_the_lock_that_is_taken_away_is_the_one_that_is_made() -> None:
    (lock,) = SNAPSHOTS[DEFAULT].of("Microsoft.Authorization/locks")
    assert f"az lock delete --name {lock.called} " in TEXT
    assert "Microsoft.Storage/storageAccounts" in lock.scope


def test_the_snapshots_that_it_links_to_are_there() -> None:
    assert "(../../infra/snapshots/default.snapshot.json)" in TEXT
    assert sorted(path.name for path in FOLDER.iterdir()) == sorted(
        f"{name}.{kind}" for name in NAMES for kind in ("bicepparam", "snapshot.json")
    )
    assert {DEFAULT, EVERYTHING, PRIVATE} == set(NAMES)


def test_the_redirect_of_the_registration_is_that_of_the_sign_in() -> None:
    assert '--web-redirect-uris "$(azd env get-value SIGN_IN_REDIRECT)"' in COMMANDS
    assert "--enable-id-token-issuance true" in COMMANDS
    assert "/.auth/login/aad/callback" in SNAPSHOTS[DEFAULT].outputs["SIGN_IN_REDIRECT"]
    assert "`/.auth/login/aad?post_login_redirect_uri=/api/portal`" in TEXT


def test_the_roles_in_the_readme_are_those_that_are_given() -> None:
    readme = (ROOT / "infra" / "README.md").read_text("utf-8")
    rows = re.findall(r"^  \| `(id-[^`]*)` \| `([^`]+)` \| ([^|]+) \|", readme, re.MULTILINE)
    assert set(rows) == EXPECTED


def test_every_file_of_the_template_is_in_the_readme() -> None:
    infra = ROOT / "infra"
    readme = (infra / "README.md").read_text("utf-8")
    files = [path.relative_to(infra).as_posix() for path in infra.rglob("*.bicep")]
    assert [file for file in files if f"`{file}`" not in readme] == []
