"""The sample is the same however it is made, follows the stock, and is as bad as it says."""

from __future__ import annotations

import csv
import datetime as dt
import hashlib
from collections import Counter, defaultdict
from itertools import pairwise

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from craftpath.engine.columns import Coder
from craftpath.engine.vocabulary import Vocabulary
from craftpath.evidence.check import check_rows, check_tables, rejects_of
from craftpath.evidence.parties import whole_parties
from craftpath.evidence.read import open_records
from craftpath.evidence.reasons import Reason
from craftpath.pack.load import load_pack
from craftpath.sample import make_sample, sample_batches
from craftpath.sample.stock import HIGHLY_SKILLED, LEVELS, SEEN_FROM, SKILLED
from craftpath.sample.world import families, regions

PEOPLE = 20_000


@pytest.fixture(scope="module")
def vocabulary() -> Vocabulary:
    return load_pack("guangdong").vocabulary


@pytest.fixture(scope="module")
def records(vocabulary) -> pa.Table:
    """Twenty thousand people and their organisations."""
    return pa.Table.from_batches(sample_batches(PEOPLE, 1, vocabulary)).unify_dictionaries()


def of_kind(records: pa.Table, kind: str) -> pa.Table:
    return records.filter(pc.equal(records["kind"].cast(pa.string()), kind))


# --- the same again -------------------------------------------------------------------------------


def test_the_same_seed_gives_the_same_bytes(vocabulary, tmp_path):
    hashes = []
    for folder in ("one", "two"):
        report = make_sample(tmp_path / folder, 500, seed=7, vocabulary=vocabulary)
        hashes.append(hashlib.sha256(report.records.read_bytes()).hexdigest())
    assert hashes[0] == hashes[1]
    other = make_sample(tmp_path / "other", 500, seed=8, vocabulary=vocabulary)
    assert hashlib.sha256(other.records.read_bytes()).hexdigest() != hashes[0]


@pytest.mark.slow
@pytest.mark.parametrize("block", [1, 13, 299, 10_000])
def test_how_the_work_is_cut_changes_nothing(vocabulary, block):
    whole = pa.Table.from_batches(sample_batches(300, 3, vocabulary))
    cut = pa.Table.from_batches(sample_batches(300, 3, vocabulary, block=block))
    assert cut.to_pylist() == whole.to_pylist()


# --- what it looks like ---------------------------------------------------------------------------


def test_every_row_is_good_and_in_order(vocabulary, records):
    coder, tables = Coder(vocabulary), check_tables(vocabulary)
    assert not check_rows(coder.encode(records), tables).any()
    parties = records["party"].to_numpy()
    assert (np.diff(parties) >= 0).all()
    assert parties[0] == 1


def test_organisations_come_after_the_people(records):
    assert pc.min(of_kind(records, "founded")["party"]).as_py() == PEOPLE + 1
    assert pc.max(of_kind(records, "birth")["party"]).as_py() == PEOPLE
    others = records["other"].drop_null()
    assert pc.min(others).as_py() > PEOPLE
    known = set(of_kind(records, "founded")["party"].to_pylist())
    assert set(others.unique().to_pylist()) <= known, "whoever is named is there"


def test_there_are_about_eight_records_a_person(records):
    assert 7.5 < records.num_rows / PEOPLE < 9.5


def test_skill_follows_the_published_stock(records):
    held = of_kind(records, "certificate").group_by("party").aggregate([("level", "max")])
    assert held.num_rows / PEOPLE == pytest.approx(SKILLED, rel=0.05)
    counts = Counter(held["level_max"].to_pylist())
    for rank, share in LEVELS.items():
        assert counts[rank] / held.num_rows == pytest.approx(share, abs=0.02)
    high = sum(n for rank, n in counts.items() if rank >= 4)
    assert high / held.num_rows == pytest.approx(HIGHLY_SKILLED, abs=0.02)
    assert sum(share for rank, share in LEVELS.items() if rank >= 4) == pytest.approx(
        HIGHLY_SKILLED
    )


def test_lives_have_gaps_overlaps_changes_and_jobs_that_run(records):
    jobs = of_kind(records, "employment")
    jobs = jobs.filter(pc.is_null(jobs["known_until"]))
    lives = defaultdict(list)
    for job in jobs.select(["party", "start", "end"]).to_pylist():
        lives[job["party"]].append((job["start"], job["end"] or dt.date.max))
    ways: Counter[str] = Counter()
    for spells in lives.values():
        spells.sort()
        for (_, end), (start, _) in pairwise(spells):
            gap = (start - end).days
            ways["overlap" if gap < 0 else "adjacent" if gap == 0 else "gap"] += 1
    total = sum(ways.values())
    assert ways["overlap"] > 0.03 * total
    assert ways["adjacent"] > 0.2 * total
    assert ways["gap"] > 0.4 * total
    assert 2.5 < jobs.num_rows / len(lives) < 4.5


def test_some_records_are_claimed_superseded_or_not_known_yet(records):
    rows = records.num_rows
    claimed = pc.sum(pc.equal(records["status"].cast(pa.string()), "claimed")).as_py()
    assert 0.01 < claimed / rows < 0.1
    assert 0.001 < 1 - records["known_until"].null_count / rows < 0.02
    later = pc.sum(pc.greater(records["known"].cast(pa.int32()), SEEN_FROM)).as_py()
    assert 0 < later / rows < 0.02


def test_few_employers_have_many_people(records):
    staff = np.sort(
        of_kind(records, "insured-staff")
        .group_by("party")
        .aggregate([("quantity", "max")])["quantity_max"]
        .to_numpy()
    )[::-1]
    assert np.median(staff) < 15
    assert staff[0] > 300
    assert staff[: len(staff) // 10].sum() > 0.4 * staff.sum()


def test_trades_and_places_are_in_the_packs_lists(vocabulary):
    lists = {name: codes.codes for name, codes in vocabulary.lists.items()}
    for family in families():
        for code in family.occupations:
            assert code in lists["occupation"], (family.id, code)
        for major in (family.secondary, family.college, family.bachelor, family.technical):
            assert major in lists["major"], (family.id, major)
    for region in regions():
        assert region.code in lists["region"]


def test_most_schooling_leads_to_the_trade(vocabulary):
    """Else nobody in the sample would qualify by a diploma."""
    related = vocabulary.relation("occupation", "major")
    assert related is not None
    fits = [
        any(family.college in related.pairs.get(code, ()) for code in family.occupations)
        for family in families()
    ]
    assert sum(fits) >= 0.8 * len(fits)


def test_the_readme_says_what_is_there(vocabulary, tmp_path):
    seen = []
    report = make_sample(
        tmp_path / "new" / "folder", 300, vocabulary=vocabulary, progress=seen.append
    )
    text = (report.folder / "README.txt").read_text(encoding="utf-8")
    assert "people: 300 " in text
    assert f"records: {report.rows:,}" in text
    assert "2025-06-30" in text
    assert seen[-1] == 300
    assert sorted(p.name for p in report.folder.iterdir()) == ["README.txt", "records.parquet"]
    assert pq.read_metadata(report.records).num_rows == report.rows


def test_a_sample_broken_off_leaves_no_half_file(vocabulary, tmp_path):
    def stop(done: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        make_sample(tmp_path, 300, vocabulary=vocabulary, dirty=True, progress=stop)
    assert list(tmp_path.iterdir()) == []


# --- as bad as it says ----------------------------------------------------------------------------


@pytest.fixture(scope="module")
def dirty(vocabulary, tmp_path_factory):
    return make_sample(tmp_path_factory.mktemp("dirty"), 2_500, vocabulary=vocabulary, dirty=True)


@pytest.mark.parametrize("file", ["records.parquet", "records.csv"])
def test_exactly_the_expected_rows_are_turned_away(vocabulary, dirty, file):
    coder, tables = Coder(vocabulary), check_tables(vocabulary)
    found = []
    for chunk in whole_parties(open_records(dirty.folder / file).chunks()):
        reasons = check_rows(coder.encode(chunk.batch), tables)
        found += [
            (str(r["row"]), str(r["party"] or ""), r["column"] or "", r["reason"])
            for r in rejects_of(chunk, reasons, vocabulary).to_pylist()
        ]
    with (dirty.folder / "expected-rejects.csv").open(encoding="utf-8-sig", newline="") as lines:
        expected = [
            (r["row"], r["party"], r["column"], r["reason"])
            for r in csv.DictReader(lines)
            if r["file"] == file
        ]
    assert found == expected


def test_the_good_rows_of_a_dirty_sample_are_those_of_a_clean_one(vocabulary, dirty, tmp_path):
    clean = make_sample(tmp_path, dirty.people, vocabulary=vocabulary)
    coder, tables = Coder(vocabulary), check_tables(vocabulary)
    for file in ("records.parquet", "records.csv"):
        kept = []
        for chunk in whole_parties(open_records(dirty.folder / file).chunks()):
            good = check_rows(coder.encode(chunk.batch), tables) == 0
            kept += chunk.batch.filter(pa.array(good)).to_pylist()
        assert kept == pq.read_table(clean.records).to_pylist()


def test_every_reason_is_mixed_in(dirty):
    # A time of day needs a column of timestamps, which neither file has.
    assert set(dirty.bad) == {r.id for r in Reason} - {Reason.TIME_OF_DAY.id}
