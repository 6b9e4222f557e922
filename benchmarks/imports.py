"""Bringing in 100,000 rows of staff, checked, against reading the same file and bulk-inserting the
same rows unchecked.

    python -m benchmarks.imports [ROWS]

The floor reads the sheet with calamine, makes the parties, sealed identifiers and records that the
import makes (four records a row: birth, sex, employment, place of work) without a check or a
look-up, and writes them with `bulk_create`, a thousand rows to a transaction. Both sides run in
one process, each on a new SQLite file with the site's settings; the floor goes first, so that what
is compiled or cached once is on its account. Every person is new: the import writes the most that
it can. Peak memory is that of the import alone, in a process of its own (`--memory`).
"""

from __future__ import annotations

import io
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from benchmarks.home import empty_database, site
from benchmarks.measure import peak_mb, report

ROWS = 100_000


def make_file(path: Path, rows: int) -> None:
    """People of a hundred occupations and fifty places, some days as dates and some as text."""
    import xlsxwriter
    from stdnum.cn import ric

    from craftpath.eligibility import pack_of

    lists = pack_of("guangdong").vocabulary.lists
    parents = {code.parent for code in lists["occupation"].codes.values()}
    jobs = [c for c in lists["occupation"].codes if c not in parents][:1000:10]
    places = [c for c in lists["region"].codes if c.startswith("4419")][:50]
    book = xlsxwriter.Workbook(path, {"constant_memory": True})
    sheet = book.add_worksheet()
    date = book.add_format({"num_format": "yyyy-mm-dd"})
    sheet.write_row(0, 0, ["姓名", "证件号码", "职业", "入职日期", "离职日期", "地区"])
    import datetime as dt

    first = dt.date(1965, 1, 1)
    for at in range(1, rows + 1):
        born = first + dt.timedelta(at % 12_000)
        body = f"{440100 + at % 23 * 100 + 1}{born:%Y%m%d}{at // 12_000 + 100:03d}"
        sheet.write_string(at, 0, f"员工{at}")
        sheet.write_string(at, 1, body + ric.calc_check_digit(body + "0"))
        sheet.write_string(at, 2, jobs[at % len(jobs)])
        start = dt.date(2010, 1, 1) + dt.timedelta(at % 4000)
        if at % 2:
            sheet.write_datetime(at, 3, start, date)
        else:
            sheet.write_string(at, 3, f"{start:%Y/%m/%d}")
        sheet.write_string(at, 5, places[at % len(places)])
    book.close()


def employer() -> Any:
    """The actor of an employer's HR."""
    import datetime as dt

    from craftpath.access.models import Duty, User
    from craftpath.registry.models import Party

    works = Party.objects.create(nature="organisation", name="works", region="441900")
    user = User.objects.create(username="hr")
    duty = Duty.objects.create(user=user, role="employer", party=works, start=dt.date(2020, 1, 1))
    return duty.actor("command")


def unchecked(path: Path, other: int) -> int:
    """The floor: no look at any cell but to put it into its column."""
    import datetime as dt
    from itertools import islice

    import python_calamine as calamine
    from django.db import transaction

    from craftpath.registry.identity import Number, sealed_identifier
    from craftpath.registry.models import Identifier, Party, Record

    sheet = calamine.CalamineWorkbook.from_filelike(
        io.BytesIO(path.read_bytes())
    ).get_sheet_by_index(0)
    rows = islice(sheet.iter_rows(), 1, None)
    day, count = dt.date(2025, 8, 27), 0

    def record(party: int, kind: str, start: Any, subject: Any = None, other: Any = None) -> Record:
        return Record(
            party_id=party,
            kind=kind,
            subject=subject,
            start=start,
            other_id=other,
            status="claimed",
            known=day,
            origin="import",
        )

    while some := list(islice(rows, 1000)):
        with transaction.atomic():
            parties = Party.objects.bulk_create(
                Party(nature="person", name=name, region=place) for name, _, _, _, _, place in some
            )
            Identifier.objects.bulk_create(
                sealed_identifier(party.pk, Number("ric", row[1]))
                for party, row in zip(parties, some, strict=True)
            )
            records = []
            for party, (_, number, job, start, _, place) in zip(parties, some, strict=True):
                if isinstance(start, str):
                    start = dt.date(*map(int, start.split("/")))
                born = dt.date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
                records += [
                    record(party.pk, "birth", born),
                    record(party.pk, "sex", born, "male" if int(number[16]) % 2 else "female"),
                    record(party.pk, "employment", start, job, other),
                    record(party.pk, "workplace", start, place, other),
                ]
            Record.objects.bulk_create(records)
            count += len(records)
    return count


def imported(path: Path, actor: Any) -> tuple[int, float, float]:
    """(records written, seconds to check, seconds to commit)"""
    from craftpath.registry.actions.imports import commit_batch, upload

    begin = time.perf_counter()
    batch = upload(actor, "staff", path.name, path.read_bytes())
    checked = time.perf_counter()
    assert batch.state == "checked", (batch.state, batch.notes)
    assert batch.bad == 0, batch.problems[:3]
    batch = commit_batch(actor, batch.pk)
    done = time.perf_counter()
    assert batch.state == "committed", batch.state
    return batch.records.count(), checked - begin, done - checked


def main(rows: int) -> None:
    with tempfile.TemporaryDirectory(prefix="craftpath-bench-") as folder:
        home = Path(folder)
        site(home)
        path = home / "staff.xlsx"
        make_file(path, rows)
        empty_database(home, "floor")
        actor = employer()
        begin, used = time.perf_counter(), time.process_time()
        floor_records = unchecked(path, actor.party)
        floor, floor_cpu = time.perf_counter() - begin, time.process_time() - used
        empty_database(home, "import")
        used = time.process_time()
        records, check, commit = imported(path, employer())
        cpu = time.process_time() - used
        assert records == floor_records, (records, floor_records)
        again = [sys.executable, "-m", "benchmarks.imports", "--memory", str(path)]
        done = subprocess.run(again, check=True, capture_output=True, text=True)
        before, peak = map(float, done.stdout.split()[-2:])
        report(
            [check + commit],
            rows=rows,
            records=records,
            floor=floor,
            floor_cpu=floor_cpu,
            cpu=cpu,
            check=check,
            commit=commit,
            memory_before=before,
            memory=peak,
        )


def memory(path: Path) -> None:
    """Peak resident memory, in MB, of a process ready to import the file, and of it afterwards."""
    with tempfile.TemporaryDirectory(prefix="craftpath-bench-") as folder:
        site(Path(folder))
        empty_database(Path(folder), "memory")
        actor = employer()
        from craftpath.registry.actions import imports  # noqa: F401 - what is loaded counts before

        before = peak_mb()
        imported(path, actor)
        print(before, peak_mb())


if __name__ == "__main__":
    if sys.argv[1:2] == ["--memory"]:
        memory(Path(sys.argv[2]))
    else:
        main(int(sys.argv[1]) if len(sys.argv) > 1 else ROWS)
