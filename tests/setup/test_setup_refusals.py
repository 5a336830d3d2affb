"""./dev on a machine where something is wrong: one line that says what and what to do, no traceback, never status 0."""

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest

from local.setup.steps import ROOT, output_of
from tests.host.hosts import eventually

NOBODY: dict[str, Any] = {"user": 65534, "group": 65534, "extra_groups": []} if os.getuid() == 0 else {}
"""Root may read and write everything: as root, what may not be read is tried by another user."""


@pytest.fixture
def checkout() -> Iterator[Path]:
    """What set-up is made of, with nothing installed; not in pytest's own folder, which other users may not enter."""
    with TemporaryDirectory(prefix="checkout-") as folder:
        yield _filled(Path(folder))


def _filled(folder: Path) -> Path:
    folder.chmod(0o755)
    for name in ("dev", "package.json", "package-lock.json", *(each.name for each in ROOT.glob("requirements*.txt"))):
        shutil.copy(ROOT / name, folder / name)
    shutil.copytree(ROOT / "local", folder / "local", ignore=shutil.ignore_patterns("__pycache__"))
    (folder / "pip.py").write_text("raise SystemExit('no pip here')")  # found before a pip that the machine has
    if NOBODY:
        for each in (folder, *folder.rglob("*")):
            os.chown(each, NOBODY["user"], NOBODY["group"])
    return folder


def old_python() -> str:
    """An interpreter that everybody may run and that is too old for the app, so that set-up has something to bring."""
    for each in ("/usr/bin/python3", "/usr/bin/python3.11", "/usr/bin/python3.12"):
        if output_of([each, "-c", "import sys; sys.exit(sys.version_info >= (3, 13))"]) is not None:
            return each
    pytest.skip("no system Python older than 3.13 to start ./dev with")


def environment(checkout: Path, **more: str) -> dict[str, str]:
    programs = checkout / "programs"
    programs.mkdir(exist_ok=True)
    for name in ("env", "sh", "sleep"):
        if not (programs / name).exists():
            (programs / name).symlink_to(str(shutil.which(name)))
    return {"PATH": str(programs), "HOME": str(checkout), "LANG": "C.UTF-8", **more}


def dev(checkout: Path, *arguments: str, env: Mapping[str, str] | None = None) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [old_python(), str(checkout / "dev"), *arguments],
        cwd=checkout,
        env=env or environment(checkout),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        **NOBODY,
    )


def program(checkout: Path, name: str, text: str) -> None:
    file = Path(environment(checkout)["PATH"]) / name
    file.write_text(text)
    file.chmod(0o755)


def sleeping_program(checkout: Path, name: str, started: Path) -> None:
    """It says its version; otherwise it writes down its process and sleeps."""
    version, work = '[ "$1" = --version ] && { echo v20.0.0; exit 0; }', f'echo $$ > "{started}"; exec sleep 60'
    program(checkout, name, f"#!/bin/sh\n{version}\n{work}\n")


def test_a_doctor_of_a_machine_that_lacks_everything_says_so_with_status_1(checkout: Path) -> None:
    ended = dev(checkout, "doctor")
    assert (ended.returncode, ended.stderr) == (1, "")
    missing = [line for line in ended.stdout.splitlines() if line.startswith("MISSING")]
    assert [line for line in missing if "Python 3.13" in line]
    assert [line for line in missing if "Azurite" in line]


@pytest.mark.parametrize("what", ["PYENV_ROOT", ".venv", ".tools", "node_modules"])
def test_a_folder_that_may_not_be_read_is_no_traceback(checkout: Path, what: str) -> None:
    folder = checkout / what
    (folder / "versions").mkdir(parents=True)
    folder.chmod(0)
    env = environment(checkout, PYENV_ROOT=str(folder))
    for command, status in (("doctor", {1}), ("setup", {1})):
        ended = dev(checkout, command, env=env)
        assert ended.returncode in status, ended.stderr
        assert "Traceback" not in ended.stdout + ended.stderr


def test_a_checkout_that_may_not_be_written_is_one_line_that_names_it(checkout: Path) -> None:
    env = environment(checkout)
    program(checkout, "uv", "#!/bin/sh\necho uv 1\n")
    checkout.chmod(0o555)
    doctor = dev(checkout, "doctor", env=env)
    assert (doctor.returncode, doctor.stderr) == (1, "")
    assert f"{checkout} may not be written in" in doctor.stdout
    ended = dev(checkout, "up", env=env)
    assert ended.returncode == 1
    last = ended.stderr.splitlines()[-1]
    assert last.startswith(f"dev: {checkout}")
    assert "you must be able to read and write" in last
    assert "Traceback" not in ended.stderr


def test_no_way_to_get_python_is_one_line_that_says_what_to_do(checkout: Path) -> None:
    ended = dev(checkout, "check-customer", "C-1")
    assert ended.returncode == 1
    (line,) = ended.stderr.splitlines()
    assert line.startswith("dev: no Python 3.13 here")
    assert "uv" in line


def test_a_python_that_cannot_be_fetched_is_one_line_with_the_reason_and_what_to_do(checkout: Path) -> None:
    program(checkout, "uv", '#!/bin/sh\n[ "$1" = --version ] || { echo "error: no network" >&2; exit 2; }\necho uv 1\n')
    ended = dev(checkout, "check-customer", "C-1")
    assert ended.returncode == 1
    last = ended.stderr.splitlines()[-1]
    assert last.startswith("dev: python: no Python 3.13 here, fetching one into .tools/python: failed with status 2")
    assert "error: no network" in last
    assert "UV_PYTHON_INSTALL_MIRROR" in last


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize("command", ["up", "setup", "reference", "pin"])
def test_an_interrupted_set_up_ends_with_its_signals_status_and_tries_and_reports_nothing_more(
    checkout: Path, command: str, number: signal.Signals
) -> None:
    started = checkout / "started"
    for name in ("uv", "node", "npm"):
        sleeping_program(checkout, name, started)
    with subprocess.Popen(
        [old_python(), str(checkout / "dev"), command],
        cwd=checkout,
        env=environment(checkout),
        stderr=subprocess.PIPE,
        text=True,
        **NOBODY,
    ) as process:
        eventually(started.exists)
        process.send_signal(number)
        _, said = process.communicate(timeout=20)
    assert process.returncode == 128 + number
    assert not [word for word in ("Traceback", "instead", "ready", "failed") if word in said], said
    assert not list(checkout.glob("*/.pins"))


@pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")
def test_an_interrupted_set_up_leaves_no_process(checkout: Path) -> None:
    started = checkout / "started"
    sleeping_program(checkout, "uv", started)
    with subprocess.Popen(
        [old_python(), str(checkout / "dev"), "reference"], cwd=checkout, env=environment(checkout), **NOBODY
    ) as process:
        pid = int(eventually(lambda: started.exists() and started.read_text()) or 0)
        process.send_signal(signal.SIGINT)
        assert process.wait(20) == 130
    assert not Path(f"/proc/{pid}").exists()


@pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")
def test_after_a_killed_set_up_the_next_waits_for_what_the_first_began_and_says_so(checkout: Path) -> None:
    started = checkout / "started"
    sleeping_program(checkout, "uv", started)
    command: list[str] = [old_python(), str(checkout / "dev"), "reference"]
    env = environment(checkout)
    with subprocess.Popen(command, cwd=checkout, env=env, **NOBODY) as killed:
        pid = int(eventually(lambda: started.exists() and started.read_text()) or 0)
        killed.kill()
    with subprocess.Popen(command, cwd=checkout, env=env, stderr=subprocess.PIPE, text=True, **NOBODY) as following:
        assert following.stderr
        assert "waiting for another ./dev to finish its set-up" in following.stderr.readline()
        os.kill(pid, signal.SIGKILL)
        assert "fetching" in following.stderr.readline()
        following.send_signal(signal.SIGINT)
        assert following.wait(20) == 130
