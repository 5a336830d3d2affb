"""Who is signed in, as App Service authentication tells the app."""

import base64
import json


def signed_in(name: str, *roles: str) -> dict[str, str]:
    """The header of a caller with these app roles."""
    claims = [{"typ": "name", "val": name}, *({"typ": "roles", "val": role} for role in roles)]
    told = {"auth_typ": "aad", "name_typ": "name", "role_typ": "roles", "claims": claims}
    return {"x-ms-client-principal": base64.b64encode(json.dumps(told).encode()).decode()}
