"""`craftpath decide`: what it writes, what it prints, and that the two agree."""

from __future__ import annotations

import datetime as dt
import json
import re
from collections import Counter
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.csv as pcsv
import pyarrow.parquet as pq
import pytest
from rich.cells import cell_len
from rich.console import Console

from craftpath.cli.summary import Run as Finished
from craftpath.cli.summary import print_summary
from craftpath.evidence.decisions import read_receipt
from craftpath.evidence.population import Asked, Tally
from craftpath.pack.nouns import Pack
from tests import cast
from tests.cli.conftest import Run

DAY = ("--as-of", str(cast.DAY))


def rows(file: Path) -> list[dict[str, Any]]:
    return pq.read_table(file).to_pylist()


def numbers(line: str) -> list[float]:
    """The columns of figures at the end of a line of the summary."""
    found = re.search(r"((?: +[\d,]+)+)$", line)
    return [float(word.replace(",", "")) for word in found[1].split()] if found else []


@pytest.mark.parametrize("every", [False, True])
def test_the_summary_agrees_with_the_file(
    run: Run, people: Path, tmp_path: Path, guangdong: Pack, every: bool
):
    out = tmp_path / "out.parquet"
    done = run("decide", people, *DAY, "--out", out, *(["--all"] if every else []))
    assert done.exit_code == 0, done.output
    decisions = rows(out)
    counts = Counter((row["rule"], row["verdict"]) for row in decisions)
    verdicts = ["qualifies", "later", "unknown", *(["never"] if every else [])]
    lines = done.stdout.splitlines()

    for rule in guangdong.rules:
        (line,) = (line for line in lines if f" {rule.id} " in line)
        assert numbers(line)[: len(verdicts)] == [counts[rule.id, v] for v in verdicts], line

    paid = [
        row["amount"]
        for row in decisions
        if row["rule"] == "subsidy.unemployment-fund" and row["verdict"] == "qualifies"
    ]
    (line,) = (line for line in lines if " subsidy.unemployment-fund " in line)
    assert numbers(line)[-1] == sum(paid) > 0
    (total,) = (line for line in lines if line.startswith("合计 total"))
    assert sum(numbers(total)[:-1]) == len(decisions)
    assert f"{len(decisions):,} 条判定 decisions" in done.stdout
    assert str(out) in done.stdout.replace("\n", "")


def test_percentages_are_not_added_up_as_money(run: Run, people: Path, tmp_path: Path):
    done = run("decide", people, *DAY, "--rules", "subsidy.guangdong", "--out", tmp_path / "o.csv")

    assert "yuan" not in done.stdout


def test_it_is_one_line_a_rule_where_there_is_no_terminal(run: Run, people: Path, tmp_path: Path):
    done = run("decide", people, *DAY, "--out", tmp_path / "out.parquet")

    assert "\x1b" not in done.output
    assert done.stderr.count("\n") == 1  # no bar, one quiet line


def test_it_reads_well_in_80_columns(guangdong: Pack):
    screen = Console(width=80, force_terminal=True, soft_wrap=True, color_system=None)
    tally = Tally.empty(len(guangdong.rules))
    tally.verdicts += 21_889_600
    tally.amounts += 1_449_000_000
    asked = Asked(cast.DAY, cast.DAY)
    place = Path("out.parquet")

    with screen.capture() as printed:
        print_summary(
            screen,
            Finished(guangdong, guangdong.rules, asked, tally, place, place, Counter(), (), 1.0),
        )

    lines = printed.get().splitlines()
    assert max(cell_len(line) for line in lines) <= 80
    for rule in guangdong.rules:
        assert any(rule.id in line and rule.label.zh in line for line in lines)


def test_the_same_receipt_gives_the_same_bytes(run: Run, people: Path, tmp_path: Path):
    files = []
    for threads in (2, 2, 1):
        files.append(tmp_path / f"{len(files)}.parquet")
        run("decide", people, *DAY, "--threads", threads, "--out", files[-1])

    assert len({read_receipt(file) for file in files}) == 1
    assert len({file.read_bytes() for file in files}) == 1


def test_row_groups_make_no_difference_to_decisions(run: Run, people: Path, tmp_path: Path):
    plain, cut = tmp_path / "plain.parquet", tmp_path / "cut.parquet"
    run("decide", people, *DAY, "--out", plain)
    pq.write_table(pq.read_table(people), tmp_path / "small.parquet", row_group_size=97)

    run("decide", tmp_path / "small.parquet", *DAY, "--out", cut)

    assert pq.read_table(cut).equals(pq.read_table(plain))


def test_one_changed_record_changes_the_receipt(run: Run, records: Path, tmp_path: Path):
    def receipt() -> dict[str, Any]:
        assert run("decide", records, *DAY, "--out", tmp_path / "o.parquet").exit_code == 0
        return json.loads(read_receipt(tmp_path / "o.parquet") or "")

    before = receipt()
    pq.write_table(cast.records().slice(0, cast.records().num_rows - 1), records)
    after = receipt()

    assert {key for key in before if before[key] != after[key]} == {"records"}


def test_the_receipt_says_what_was_asked(run: Run, records: Path, tmp_path: Path):
    out = tmp_path / "out.parquet"
    run("decide", records, *DAY, "--known-on", "2025-01-01", "--rules", "card.*", "--out", out)

    receipt = json.loads(read_receipt(out) or "")

    assert (receipt["as_of"], receipt["known_on"]) == ("2025-08-27", "2025-01-01")
    assert [rule.partition("@")[0] for rule in receipt["rules"]] == [
        "card.chang-an",
        "card.chang-an",
        "card.dongguan",
    ]


def test_csv_carries_its_receipt_beside_it(run: Run, people: Path, tmp_path: Path):
    run("decide", people, *DAY, "--out", tmp_path / "out.csv")
    run("decide", people, *DAY, "--out", tmp_path / "out.parquet")

    assert read_receipt(tmp_path / "out.csv") == read_receipt(tmp_path / "out.parquet")
    lists = pq.read_table(tmp_path / "out.parquet").column("missing").to_pylist()
    words = pcsv.read_csv(
        tmp_path / "out.csv",
        convert_options=pcsv.ConvertOptions(column_types={"missing": pa.string()}),
    ).column("missing")
    assert words.to_pylist() == [";".join(one) for one in lists]


def test_rules_are_named_by_commas_and_stars(run: Run, people: Path, tmp_path: Path):
    out = tmp_path / "out.parquet"
    run("decide", people, *DAY, "--rules", "skill-level.*, household.dongguan", "--out", out)

    found = {row["rule"] for row in rows(out)}

    assert "household.dongguan" in found
    assert {rule.partition(".")[0] for rule in found} == {"skill-level", "household"}


def test_an_unsorted_file_is_sorted_with_a_note(run: Run, people: Path, tmp_path: Path):
    plain, out = tmp_path / "plain.parquet", tmp_path / "out.parquet"
    run("decide", people, *DAY, "--out", plain)
    table = pq.read_table(people)
    half = table.num_rows // 2
    mixed = pa.concat_tables([table.slice(half), table.slice(0, half)])
    pq.write_table(mixed, tmp_path / "mixed.parquet")

    done = run("decide", tmp_path / "mixed.parquet", *DAY, "--out", out)

    assert done.exit_code == 0, done.output
    assert done.stdout.count("sorted in memory") == 1
    assert rows(out) == rows(plain)


def test_bad_rows_are_told_by_reason_with_their_file(run: Run, dirty: Path, tmp_path: Path):
    out = tmp_path / "out.parquet"
    done = run("decide", dirty, *DAY, "--out", out)
    assert done.exit_code == 0, done.output
    rejects = pcsv.read_csv(tmp_path / "out.rejects.csv").to_pylist()

    counts = Counter(row["reason"] for row in rejects)

    assert len(counts) > 5
    assert f"退回 {len(rejects):,} 行 rows rejected" in done.stdout
    assert "out.rejects.csv" in done.stdout
    for reason, count in counts.items():
        assert re.search(rf"^ +{count:,}  {reason}  \S.* / \S", done.stdout, re.M), reason


def test_an_earlier_day_is_another_answer(run: Run, records: Path, tmp_path: Path):
    out = tmp_path / "out.parquet"
    run("decide", records, "--as-of", "2024-06-14", "--rules", "skill-level.senior", "--out", out)
    (row,) = (row for row in rows(out) if row["party"] == cast.WORKER)

    assert (row["verdict"], row["from"]) == ("later", dt.date(2024, 6, 15))


def test_a_device_takes_the_decisions(run: Run, records: Path):
    done = run("decide", records, *DAY, "--out", "/dev/null")

    assert done.exit_code == 0, done.output
    assert not Path("/dev/null.rejects.csv").exists()
