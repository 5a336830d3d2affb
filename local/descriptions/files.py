"""The files of ``shared/api/published``, which the app serves: what is in each, and writing them."""

import json
import sys
from pathlib import Path

from local.descriptions.asyncapi import asyncapi
from local.descriptions.catalogue import published
from local.descriptions.openapi import openapi
from shared.api.description import PUBLISHED, SCHEMAS


def files() -> dict[Path, str]:
    """The text of every file."""
    schemas = {f"schemas/{name}": published(name) for name in SCHEMAS}
    return {
        PUBLISHED / f"{name}.json": json.dumps(document, indent=2, ensure_ascii=False) + "\n"
        for name, document in {"openapi": openapi(), "asyncapi": asyncapi(), **schemas}.items()
    }


def write() -> None:
    """Also removes the file of a schema that is no longer published."""
    texts = files()
    for file in set(PUBLISHED.rglob("*.json")).difference(texts):
        file.unlink()
    for file, text in texts.items():
        file.write_text(text, encoding="utf-8")
    sys.stdout.write(f"{len(texts)} files in {PUBLISHED}\n")
