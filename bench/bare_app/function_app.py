"""The least that does something: a queue function and an HTTP function that read one row each, by the plain client.

What ``start`` and ``check`` are measured beside: nothing of the project is imported.
"""

import os

import azure.functions as func
from azure.data.tables import TableClient

app = func.FunctionApp(http_auth_level=func.AuthLevel.ANONYMOUS)
_client: TableClient | None = None


def read_row() -> str:
    global _client
    if _client is None:
        _client = _made(os.environ["BARE_TABLE"])
    return str(_client.get_entity(os.environ["BARE_PARTITION"], os.environ["BARE_ROW"])["RowKey"])


def _made(table: str) -> TableClient:
    """By a connection string, or by the app's managed identity."""
    if connection := os.environ.get("EligibilityStorage"):
        return TableClient.from_connection_string(connection, table)
    from azure.identity import ManagedIdentityCredential

    return TableClient(os.environ["EligibilityStorage__tableServiceUri"], table, credential=ManagedIdentityCredential())


@app.function_name("read_for_message")
@app.queue_trigger("message", "bare", "EligibilityStorage", data_type=func.DataType.BINARY)
def read_for_message(message: func.QueueMessage) -> None:
    message.get_body()
    read_row()


@app.function_name("read_for_request")
@app.route("row", methods=["GET"])
def read_for_request(req: func.HttpRequest) -> func.HttpResponse:  # noqa: ARG001  a trigger has its parameter
    return func.HttpResponse(f'{{"row":"{read_row()}"}}', mimetype="application/json")
