"""``AUTHORISATION``: what decides whether a caller may, and that no wrong value lets anybody in."""

import pytest

from shared.settings import Authorisation, SettingError, host_asks_for_keys, read_authorisation


@pytest.mark.parametrize(
    ("environment", "right"),
    [
        ({}, Authorisation.KEYS),
        ({"AUTHORISATION": "keys"}, Authorisation.KEYS),
        ({"AUTHORISATION": "keys", "WEBSITE_AUTH_ENABLED": "True"}, Authorisation.KEYS),
        ({"AUTHORISATION": "app-roles", "WEBSITE_AUTH_ENABLED": "True"}, Authorisation.APP_ROLES),
        ({"AUTHORISATION": "app-roles", "WEBSITE_AUTH_ENABLED": "true"}, Authorisation.APP_ROLES),
    ],
)
def test_callers_are_authorised_by_keys_unless_app_roles_are_asked_for(
    environment: dict[str, str], right: Authorisation
) -> None:
    assert read_authorisation(environment) is right


@pytest.mark.parametrize("named", ["", "none", "App-Roles", "app-roles ", "keys,app-roles"])
def test_an_authorisation_that_is_not_known_is_told_with_what_would_be_right_and_the_host_asks_for_keys(
    named: str,
) -> None:
    with pytest.raises(SettingError, match=r"AUTHORISATION is .* set it to keys or app-roles") as told:
        read_authorisation({"AUTHORISATION": named, "WEBSITE_AUTH_ENABLED": "True"})
    assert repr(named) in str(told.value)
    assert host_asks_for_keys({"AUTHORISATION": named})


@pytest.mark.parametrize("platform", [{}, *({"WEBSITE_AUTH_ENABLED": each} for each in ("", "False", "0", "1", "yes"))])
def test_app_roles_are_refused_where_the_platform_verifies_nobody(platform: dict[str, str]) -> None:
    with pytest.raises(SettingError, match="WEBSITE_AUTH_ENABLED is not True: turn App Service authentication on"):
        read_authorisation({"AUTHORISATION": "app-roles", **platform})
