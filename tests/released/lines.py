"""Rows as lines of JSON, in the form in which ``run.py`` of each released version prints them."""

import base64
import json
from typing import Any

from shared.storage.store import Row, Table


def read_row(line: str) -> Row:
    _, partition, key, properties = json.loads(line)
    return Row(partition, key, {name: _value(value) for name, value in properties.items()})


def write_row(table: Table, row: Row) -> str:
    properties = {name: _text(value) for name, value in sorted(row.properties.items())}
    return json.dumps([table.value, row.partition, row.key, properties])


def _value(value: Any) -> Any:
    return base64.b64decode(value["bytes"]) if isinstance(value, dict) else value


def _text(value: Any) -> Any:
    return {"bytes": base64.b64encode(value).decode()} if isinstance(value, bytes) else value
