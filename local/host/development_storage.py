"""The account of Azurite, Microsoft's storage emulator: its name and key are the same everywhere and published."""

from local.host.ports import AZURITE_PORTS, HOST

ACCOUNT = "devstoreaccount1"
KEY = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw=="
type Ports = tuple[int, int, int]
"""Of blobs, queues and tables."""


def connection_string(ports: Ports = AZURITE_PORTS) -> str:
    services = zip(("Blob", "Queue", "Table"), ports, strict=True)
    # An address and not "localhost", which the table client takes for Cosmos DB.
    endpoints = ";".join(f"{name}Endpoint=http://{HOST}:{port}/{ACCOUNT}" for name, port in services)
    return f"DefaultEndpointsProtocol=http;AccountName={ACCOUNT};AccountKey={KEY};{endpoints};"
