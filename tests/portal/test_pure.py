"""The portal's pure parts, by Node's own test runner."""

import subprocess
from pathlib import Path

import pytest

from local.setup.node import find_node

PURE = sorted((Path(__file__).parent / "pure").glob("*.test.mjs"))


@pytest.mark.parametrize("file", PURE, ids=lambda file: str(file.name))
def test_it_does_as_its_sentences_say(file: Path) -> None:
    node = find_node()
    assert node
    ended = subprocess.run([node, "--test", file], capture_output=True, text=True, timeout=60, check=False)
    assert ended.returncode == 0, ended.stdout
