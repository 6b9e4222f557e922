"""`craftpath import`, as somebody at a terminal uses it."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from craftpath.cli.main import main
from craftpath.registry.models import Batch, Record
from tests.apps.city import City
from tests.apps.registry.sheets import STAFF, person_number, staff_rows, xlsx


@pytest.fixture(autouse=True)
def _site_is_ready(monkeypatch: pytest.MonkeyPatch) -> None:
    """The tests have made Django ready, with a database of their own."""
    monkeypatch.setattr("craftpath.cli.site.site", lambda: None)


def run(folder: Path, rows: list, *more: str, who: str = "hr", sort: str = "staff") -> Result:
    file = folder / "花名册.xlsx"
    file.write_bytes(xlsx(rows))
    return CliRunner().invoke(main, ["import", str(file), "--sort", sort, "--as", who, *more])


def test_checks_and_writes_nothing(city: City, tmp_path: Path):
    done = run(tmp_path, staff_rows(3))

    assert done.exit_code == 0, done.output
    assert "3 行，可写入 3" in done.output
    assert "3 rows, 3 to write" in done.output
    assert not Record.objects.filter(batch__isnull=False).exists()


def test_writes_when_told_to(city: City, tmp_path: Path):
    done = run(tmp_path, staff_rows(3), "--commit")

    assert done.exit_code == 0, done.output
    assert "3 rows written" in done.output
    assert Batch.objects.get().state == "committed"
    assert Record.objects.filter(kind="employment", batch__isnull=False).count() == 3


def test_names_bad_cells_and_writes_the_rejects(city: City, tmp_path: Path):
    rows = [STAFF, ["甲乙", person_number(1), "焊接大师", "2019-07-01", "", ""]]
    rejects = tmp_path / "rejects.xlsx"

    done = run(tmp_path, rows, "--rejects", str(rejects))

    assert done.exit_code == 1
    assert "表!2 职业：职业代码表中没有" in done.output
    assert rejects.read_bytes().startswith(b"PK")


@pytest.mark.parametrize(
    ("who", "sort"), [("worker", "staff"), ("nobody", "staff"), ("hr", "cats")]
)
def test_refuses_plainly(city: City, tmp_path: Path, who: str, sort: str):
    done = run(tmp_path, staff_rows(1), who=who, sort=sort)

    assert done.exit_code == 1
    assert "Traceback" not in done.output
    assert not Batch.objects.exists()


def test_says_why_a_file_cannot_be_read(city: City, tmp_path: Path):
    done = run(tmp_path, [["甲", "乙"]])

    assert done.exit_code == 1
    assert "找不到必需的列" in done.output
