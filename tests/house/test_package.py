"""`pip install .` gives the command with the pack inside: the wheel has all that is not code."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def inside(tmp_path_factory: pytest.TempPathFactory) -> set[str]:
    """The names of the files in a wheel built from this tree."""
    folder = tmp_path_factory.mktemp("wheel")
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(build, cwd=ROOT, check=True, capture_output=True)
    (wheel,) = folder.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        return set(archive.namelist())


def test_wheel_has_every_file_of_every_pack(inside: set[str]):
    src = ROOT / "src"
    data = {
        str(file.relative_to(src))
        for file in (src / "craftpath").rglob("*")
        if file.is_file() and file.suffix in {".yaml", ".csv", ".typed"}
    }

    assert "craftpath/packs/guangdong/pack.yaml" in data
    assert data <= inside


def test_wheel_has_the_command_and_the_licence(inside: set[str]):
    assert "craftpath/cli/main.py" in inside
    assert any(name.endswith("entry_points.txt") for name in inside)
    assert any(name.endswith("licenses/LICENSE") for name in inside)


def test_wheel_has_nothing_of_the_workshop(inside: set[str]):
    roots = {name.partition("/")[0] for name in inside}

    assert {root for root in roots if not root.endswith(".dist-info")} == {"craftpath"}
    assert not [name for name in inside if "__pycache__" in name]
