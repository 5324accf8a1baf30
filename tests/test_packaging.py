"""What is shipped is what is on the disk: nothing is forgotten, and nothing is fetched from an address of ours."""

import fnmatch
import re
import tomllib
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[1]
PROJECT: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
SETUPTOOLS: dict[str, Any] = PROJECT["tool"]["setuptools"]
LOCK = (ROOT / "requirements.lock").read_text(encoding="utf-8")


def folder(package: str) -> Path:
    mapped = SETUPTOOLS["package-dir"].get(package)
    return ROOT / (mapped or package.replace(".", "/"))


def on_disk() -> set[str]:
    """Every folder below the two packages that holds Python modules, and the policies."""
    modules = [path for top in ("streamdeid", "topologies") for path in (ROOT / top).rglob("*.py")]
    return {".".join(path.parent.relative_to(ROOT).parts) for path in modules} | {"streamdeid.policies"}


def test_the_packages_listed_are_those_on_the_disk() -> None:
    assert len(SETUPTOOLS["packages"]) == len(set(SETUPTOOLS["packages"]))
    assert set(SETUPTOOLS["packages"]) == on_disk()


@pytest.mark.parametrize("package", SETUPTOOLS["packages"])
def test_every_package_is_one(package: str) -> None:
    assert (folder(package) / "__init__.py").is_file()


def matches(file: Path, pattern: str) -> bool:
    """As setuptools has it: an asterisk does not cross folders."""
    return len(file.parts) == pattern.count("/") + 1 and fnmatch.fnmatch(str(file), pattern)


def test_every_file_of_a_package_ships_with_it() -> None:
    folders = sorted(map(folder, SETUPTOOLS["packages"]), key=lambda one: -len(one.parts))
    forgotten = []
    for file in {file for one in folders for file in one.rglob("*") if file.is_file()}:
        package = next(one for one in folders if file.is_relative_to(one))
        inside = file.relative_to(package)
        is_module = file.suffix in (".py", ".pyc")
        if not is_module and not any(matches(inside, pattern) for pattern in SETUPTOOLS["package-data"]["*"]):
            forgotten.append(file.relative_to(ROOT))
    assert not forgotten


def test_types_are_shipped() -> None:
    assert (ROOT / "streamdeid" / "py.typed").is_file()


def test_the_licence_is_there_and_is_the_one_that_is_named() -> None:
    assert PROJECT["project"]["license-files"] == ["LICENSE"]
    text = (ROOT / "LICENSE").read_text(encoding="utf-8")
    assert PROJECT["project"]["license"] == "Apache-2.0"
    assert "Apache License" in text
    assert "Version 2.0" in text


def test_the_version_of_the_package_is_that_of_the_project() -> None:
    from streamdeid import __version__

    assert __version__ == PROJECT["project"]["version"]


def test_the_lock_names_no_address() -> None:
    options = [line for line in LOCK.splitlines() if line.startswith("-")]
    assert not options
    assert "://" not in LOCK


def name(requirement: str) -> str:
    found = re.match(r"[A-Za-z0-9._-]+", requirement)
    assert found
    return re.sub(r"[-_.]+", "-", found[0]).lower()


def test_the_lock_pins_every_dependency_once() -> None:
    pins = [line.partition("==") for line in LOCK.splitlines() if line and not line.lstrip().startswith("#")]
    assert all(equals and version for _, equals, version in pins)
    pinned = [name(pin) for pin, _, _ in pins]
    assert len(pinned) == len(set(pinned))
    wanted = [*PROJECT["project"]["dependencies"]]
    for extra in ("dev", "embedded"):
        wanted += PROJECT["project"]["optional-dependencies"][extra]
    assert {name(requirement) for requirement in wanted} <= set(pinned)
