"""Clients of an ``openapi.json``, each generated and compiled as its users do it.

Each function takes the description and an empty folder, and returns the command that runs the generator's program in
``programs``, to be followed by the API's address.
"""

import json
import os
import shlex
import shutil
import subprocess
import sys
from importlib.resources import files
from pathlib import Path

import pytest

from local.setup.node import find_node
from tests.host.hosts import ROOT
from tests.outside_tools import csharp_command

PROGRAMS = Path(__file__).parent / "programs"
NODE_MODULES = ROOT / "node_modules"
_COMPILER = {
    "strict": True,
    "target": "es2022",
    "module": "nodenext",
    "lib": ["es2022", "dom"],
    "types": [],
    "skipLibCheck": True,
}
_PROJECT = """\
<Project Sdk="Microsoft.NET.Sdk">
  <PropertyGroup>
    <OutputType>Exe</OutputType>
    <TargetFramework>net10.0</TargetFramework>
    <ImplicitUsings>enable</ImplicitUsings>
  </PropertyGroup>
  <ItemGroup>
    <PackageReference Include="Microsoft.Kiota.Bundle" Version="1.*" />
    <PackageReference Include="Newtonsoft.Json" Version="13.*" />
  </ItemGroup>
</Project>
"""

type Command = list[str]


def node() -> str:
    found = find_node()
    assert found, "set-up brings a Node"
    return str(found)


def run(command: Command, within: Path, **settings: str) -> str:
    """What the command prints; where it fails, all that it said."""
    beside_python = os.pathsep.join((str(Path(sys.executable).parent), os.environ["PATH"]))
    environment = {**os.environ, "PATH": beside_python, "PYTHONPATH": str(within), **settings}
    done = subprocess.run(
        command, cwd=within, env=environment, capture_output=True, text=True, timeout=300, check=False
    )
    assert done.returncode == 0, f"{shlex.join(command)}\n{done.stdout[-4000:]}{done.stderr[-4000:]}"
    return done.stdout


def openapi_python_client(description: Path, folder: Path) -> Command:
    run(
        ["openapi-python-client", "generate", "--path", str(description), "--meta=none", "--output-path", "made"],
        folder,
    )
    (folder / "made").rename(folder / "fast_track_eligibility_client")
    return _python(folder, "openapi_python_client")


def openapi_generator_python(description: Path, folder: Path) -> Command:
    _openapi_generator("python", description, folder, ".")
    return _python(folder, "openapi_generator")


def openapi_typescript(description: Path, folder: Path) -> Command:
    tool = str(NODE_MODULES / "openapi-typescript" / "bin" / "cli.js")
    run([node(), tool, str(description), "-o", "schema.d.ts"], folder)
    return _typescript(folder, "openapi_typescript")


def openapi_generator_typescript(description: Path, folder: Path) -> Command:
    _openapi_generator("typescript-fetch", description, folder, "client", "importFileExtension=.js")
    return _typescript(folder, "typescript_fetch")


def kiota(description: Path, folder: Path) -> Command:
    tool = _tool("KIOTA", "kiota", "Microsoft's generator of API clients")
    run([*tool, *f"generate -l CSharp -d {description} -o client -c Client -n Eligibility".split()], folder)
    return _csharp(folder / "client", "kiota")


def nswag(description: Path, folder: Path) -> Command:
    tool = _tool("NSWAG", "nswag", "NSwag")
    (folder / "client").mkdir()
    code = str(folder / "client" / "Client.cs")
    as_console = (
        f"openapi2csclient /input:{description} /output:{code} /classname:Client /namespace:Eligibility".split()
    )
    run([*tool, *(as_console if Path(tool[0]).name == "nswag" else (str(description), code))], folder)
    return _csharp(folder / "client", "nswag")


def _python(folder: Path, program: str) -> Command:
    run([sys.executable, "-m", "compileall", "-q", str(folder)], folder)
    return [sys.executable, str(PROGRAMS / f"{program}.py")]


def _typescript(folder: Path, program: str) -> Command:
    (folder / "package.json").write_text('{"type": "module"}')
    (folder / "node_modules").symlink_to(NODE_MODULES)
    options = {"compilerOptions": {**_COMPILER, "outDir": "js"}, "files": ["program.ts"]}
    (folder / "tsconfig.json").write_text(json.dumps(options))
    shutil.copy(PROGRAMS / f"{program}.ts", folder / "program.ts")
    run([node(), str(NODE_MODULES / "typescript" / "bin" / "tsc"), "-p", "."], folder)
    return [node(), "js/program.js"]


def _csharp(folder: Path, program: str) -> Command:
    command = csharp_command()
    if command is None:
        pytest.skip("no C# here: put the .NET SDK 10 on PATH, or name a command by CSHARP")
    shutil.copy(PROGRAMS / f"{program}.cs", folder / "Program.cs")
    if Path(command[0]).name == "dotnet":
        (folder / "program.csproj").write_text(_PROJECT)
        return [*command, "--project", str(folder), "--"]
    return [*command, str(folder)]


def _tool(setting: str, name: str, what: str) -> Command:
    named = os.environ.get(setting)
    if not named and not shutil.which(name):
        pytest.skip(f"no {name} here: put it on PATH, or name {what} by {setting}")
    return shlex.split(named) if named else [name]


def _openapi_generator(language: str, description: Path, folder: Path, into: str, options: str = "") -> None:
    java = shutil.which("java")
    if java is None:
        pytest.skip("no Java here, which openapi-generator runs on: put java (11 or newer) on PATH")
    jar = str(files("openapi_generator_cli") / "openapi-generator.jar")
    more = ["--additional-properties", options] if options else []
    run([java, "-jar", jar, "generate", "-g", language, "-i", str(description), "-o", into, *more], folder)
