"""An Azure CLI that a test puts on the path, and an Azurite that takes its tokens, which it only takes over TLS.

Azurite checks a token's issuer, audience and dates, not who signed it.
"""

import base64
import ipaddress
import json
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from local.host.ports import HOST


def put_cli(folder: Path, script: str) -> None:
    """An ``az`` in the folder that does what the shell script says."""
    (folder / "az").write_text(f"#!/bin/sh\n{script}\n")
    (folder / "az").chmod(0o755)


def token_for(resource: str) -> str:
    """What ``az account get-access-token`` prints."""
    now = int(time.time())
    claims = {"iss": "https://sts.windows.net/any/", "aud": resource, "nbf": now - 60, "iat": now, "exp": now + 3600}
    parts = ({"alg": "none", "typ": "JWT"}, claims)
    encoded = [base64.urlsafe_b64encode(json.dumps(each).encode()).rstrip(b"=").decode() for each in parts]
    return json.dumps({"accessToken": ".".join([*encoded, "c2ln"]), "expires_on": now + 3600})


def certificate(folder: Path) -> tuple[Path, Path]:
    """Of this machine, signed by itself, and its key: two files."""
    key, name = ec.generate_private_key(ec.SECP256R1()), x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, HOST)])
    now, address = datetime.now(UTC), x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address(HOST))])
    made = x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
    made = made.not_valid_before(now - timedelta(1)).not_valid_after(now + timedelta(1)).add_extension(address, False)
    files = folder / "certificate.pem", folder / "key.pem"
    files[0].write_bytes(made.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM))
    form = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    files[1].write_bytes(key.private_bytes(*form))
    return files
