"""`craftpath explain`: in words and as data, for whoever is asked about."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from tests import cast
from tests.cli.conftest import Run

DAY = ("--as-of", str(cast.DAY))


def decisions(run: Run, records: Path, party: int, *words: str) -> dict[str, dict[str, Any]]:
    done = run("explain", records, "--party", party, *DAY, "--json", *words)
    assert done.exit_code == 0, done.output
    found: dict[str, Any] = json.loads(done.stdout)
    assert found["receipt"]["pack"] == "guangdong"
    return {decision["rule"]: decision for decision in found["decisions"]}


def test_json_says_what_decide_says(run: Run, records: Path, tmp_path: Path):
    out = tmp_path / "out.parquet"
    run("decide", records, *DAY, "--all", "--out", out)
    decided = {r["rule"]: r for r in pq.read_table(out).to_pylist() if r["party"] == cast.WORKER}

    told = decisions(run, records, cast.WORKER)

    assert told.keys() == decided.keys()
    for rule, row in decided.items():
        for column in ("focus", "verdict", "route", "amount", "missing"):
            assert told[rule][column] == row[column]
        for column in ("from", "until"):
            assert told[rule][column] == (row[column] and row[column].isoformat())


def test_json_has_every_condition_with_its_days(run: Run, records: Path):
    told = decisions(run, records, cast.WORKER, "--rule", "skill-level.technician")

    (route,) = (
        route
        for version in told["skill-level.technician"]["versions"]
        for route in version["routes"]
        if route["id"] == told["skill-level.technician"]["route"] and version["until"] is None
    )
    (condition,) = route["conditions"]
    assert condition["holds"] is False
    assert condition["so_far"] == {"months": 5, "days": 17}
    assert condition["sure"] == [["2030-03-10", None]]
    assert condition["text"]["zh"]
    assert condition["text"]["en"]


def test_it_reads_a_file_of_many_row_groups(run: Run, people: Path, tmp_path: Path):
    small = tmp_path / "small.parquet"
    pq.write_table(pq.read_table(people), small, row_group_size=50)

    whole = run("explain", people, "--party", 7, *DAY).stdout
    pieces = run("explain", small, "--party", 7, *DAY).stdout

    assert whole.splitlines()[:-2] == pieces.splitlines()[:-2]


def test_an_organisation_is_told_its_own_rules(run: Run, records: Path):
    told = decisions(run, records, cast.EMPLOYER)

    assert told["designation.industry-education"]["verdict"] == "qualifies"
    assert "skill-level.senior" not in told
    assert "主体 9（单位）" in run("explain", records, "--party", cast.EMPLOYER, *DAY).stdout


def test_what_is_only_claimed_is_never_sure(run: Run, records: Path):
    told = decisions(run, records, cast.CLERK)

    assert {decision["verdict"] for decision in told.values()} == {"unknown", "never"}
    said = run("explain", records, "--party", cast.CLERK, *DAY, "--lang", "en").stdout
    assert "only claimed" in said


def test_a_party_not_yet_born_is_told_so(run: Run, records: Path):
    done = run("explain", records, "--party", cast.WORKER, "--as-of", "1980-01-01")

    assert done.exit_code == 0
    assert "没有可判定的" in done.stdout


def test_one_rule_is_told_with_all_its_routes(run: Run, records: Path):
    words = ("--party", cast.WORKER, "--rule", "household.dongguan", *DAY, "--lang", "en")
    said = run("explain", records, *words).stdout

    assert said.count("Route ") == 3
    assert said.count("(the one that decides)") == 1


def test_a_rule_not_in_force_says_so_and_shows_the_nearest(run: Run, records: Path):
    words = ("--party", cast.OFFICIAL, "--rule", "degree-grant.guangzhou-2024", "--lang", "en")

    after = run("explain", records, *words, *DAY).stdout
    before = run("explain", records, *words, "--as-of", "2023-06-01").stdout

    for said in (after, before):
        assert "no text in force on that day" in said
        assert "[in force 1 January 2024 to 31 December 2024]" in said


def test_a_pending_text_is_said_to_be_pending(run: Run, records: Path):
    words = ("--party", cast.ASSESSOR, "--rule", "card.dongguan", *DAY)

    assert "待查" in run("explain", records, *words).stdout
    assert "not settled" in run("explain", records, *words, "--lang", "en").stdout


def test_rules_that_do_not_hold_take_a_line_each(run: Run, records: Path):
    said = run("explain", records, "--party", cast.OFFICIAL, *DAY).stdout

    listed = said.partition("【不符合】")[2].strip().splitlines()
    told = decisions(run, records, cast.OFFICIAL)
    assert len([line for line in listed if line.lstrip().startswith("·")]) == len(told)


def test_an_unsorted_file_is_searched_whole(run: Run, tmp_path: Path):
    mixed = tmp_path / "mixed.parquet"
    pq.write_table(
        pa.concat_tables([cast.records(cast.EMPLOYER), cast.records(cast.WORKER)]), mixed
    )

    assert "主体 1（个人）" in run("explain", mixed, "--party", cast.WORKER, *DAY).stdout
