"""What a user can mend is said plainly, in both languages, and nothing is left behind."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests import cast
from tests.cli.conftest import Run

DAY = ("--as-of", str(cast.DAY))


def check_said(output: str, *words: str) -> None:
    """A Chinese and an English sentence, the words among them, and no traceback."""
    assert "Traceback" not in output
    assert re.search(r"[\u4e00-\u9fff]{3}", output), output
    assert re.search(r"[a-z]+ [a-z]+", output), output
    for word in words:
        assert word in output, output


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("{tmp}/none.parquet", *DAY, "--out", "{tmp}/o.parquet"), "no such file"),
        (("{tmp}", *DAY, "--out", "{tmp}/o.parquet"), "is a folder"),
        (("{cut}", *DAY, "--out", "{tmp}/o.parquet"), "cut.parquet"),
        (("{text}", *DAY, "--out", "{tmp}/o.parquet"), "lacks `kind`"),
        (("{records}", *DAY, "--pack", "atlantis", "--out", "{tmp}/o.parquet"), "`atlantis`"),
        (
            ("{records}", *DAY, "--rules", "skill-level.senoir", "--out", "{tmp}/o.parquet"),
            "did you mean skill-level.senior?",
        ),
        (("{records}", *DAY, "--rules", " , ", "--out", "{tmp}/o.parquet"), "No rule is named"),
        (("{records}", "--as-of", "2025-02-29", "--out", "{tmp}/o.parquet"), "no day of the"),
        (("{records}", "--as-of", "20250227", "--out", "{tmp}/o.parquet"), "no day of the"),
        (("{records}", *DAY, "--out", "{tmp}/none/o.parquet"), "make it first"),
        (("{records}", *DAY, "--out", "{records}"), "the same file"),
        (("{records}", *DAY, "--out", "{link}"), "the same file"),
        (("{records}", *DAY, "--out", "{tmp}/o.csv", "--rejects", "{tmp}/o.csv"), "the same file"),
        (("{records}", *DAY, "--out", "{tmp}"), "is a folder"),
        (("{records}", *DAY, "--out", "{tmp}/o.xlsx"), "Parquet or CSV"),
    ],
)
def test_it_says_what_to_mend(
    run: Run, records: Path, tmp_path: Path, words: tuple[str, ...], said: str
):
    cut, text, link = (tmp_path / name for name in ("cut.parquet", "text.csv", "link.parquet"))
    cut.write_bytes(records.read_bytes()[:-900])
    text.write_text("party,start,status,known\n1,2020-01-01,verified,2020-01-01\n")
    link.symlink_to(records)
    places = {"tmp": tmp_path, "records": records, "cut": cut, "text": text, "link": link}
    before, bytes_before = sorted(tmp_path.iterdir()), records.read_bytes()

    done = run("decide", *(word.format(**places) for word in words))

    assert done.exit_code in {1, 2}
    check_said(done.output, said)
    assert sorted(tmp_path.iterdir()) == before
    assert records.read_bytes() == bytes_before


def test_explain_says_so_where_a_party_is_not_there(run: Run, records: Path):
    done = run("explain", records, "--party", cast.NOBODY, *DAY)

    assert done.exit_code == 1
    check_said(done.output, "77", "check the number")


def test_explain_says_so_where_a_rule_is_not_there(run: Run, records: Path):
    done = run("explain", records, "--party", cast.WORKER, "--rule", "card.changan", *DAY)

    assert done.exit_code == 1
    check_said(done.output, "did you mean card.chang-an?")


def test_a_full_disk_is_no_traceback(run: Run, records: Path):
    done = run("decide", records, *DAY, "--out", "/dev/full")

    assert done.exit_code == 1
    check_said(done.output, "磁盘已满")
