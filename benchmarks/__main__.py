"""Run everything, print the table, and write it to docs/benchmarks/DATE.md.

    python -m benchmarks [--small] [--only NAME,NAME…] [--out FILE]

NAME: population, service, snapshot, worker, door, site, applications, imports, signing,
      credentials

--small  a few thousand people, to see that all sides run and agree; writes no page unless told to
"""

from __future__ import annotations

import argparse
import datetime as dt
import os
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path

import pyarrow.parquet as pq

from benchmarks.applications import has_postgresql
from benchmarks.measure import THREADS, Measured, machine, measure
from benchmarks.pack import NAME, pack
from benchmarks.service_sql import VARIANTS
from benchmarks.table import Line, Section, notes_of, page
from craftpath.sample.draws import VERSION

ROOT = Path(__file__).parents[1]
DATA = ROOT / "benchmarks/data"
SEED = 20250827


class Bench:
    """What a run is made of: sizes, rounds, and where its files lie."""

    def __init__(self, small: bool) -> None:
        self.people = (2_000, 6_000) if small else (1_000_000, 10_000_000)
        self.snapshot_people = self.people[0]
        self.workers = 20 if small else 500
        self.rounds = 2 if small else 3
        self.rounds_when_large = 2
        self.city = 300 if small else 100_000
        self.visitors = 3 if small else 100
        self.applicants = 8 if small else 400
        self.sheet = 200 if small else 100_000
        self.credentials = 5 if small else 100
        self.batch, self.stored, self.checks = (12, 60, 10) if small else (10_000, 100_000, 400)

    def records(self, people: int) -> Path:
        """The sample of so many people, made when it is not there yet, and read once to warm it."""
        folder = DATA / f"{people}-{SEED}-{VERSION}-{pack().hash[:8]}"
        file = folder / "records.parquet"
        if not file.exists():
            measure("sample", people, SEED, folder)
        with file.open("rb") as source:
            while source.read(1 << 24):
                pass
        return file

    def site(self) -> Path:
        """The folder of a site with a city of so many people, made when it is not there yet."""
        home = DATA / f"site-{self.city}-{VERSION}-{pack().hash[:8]}"
        if not home.exists():
            measure("site", "make", home, self.city)
        return home

    def rounds_for(self, people: int) -> int:
        return self.rounds if people <= 1_000_000 else self.rounds_when_large

    def out(self, name: str) -> Path:
        return DATA / f"out-{name}.parquet"


# --- the sections -----------------------------------------------------------------------------


def population(bench: Bench) -> Section:
    lines, whole = [], {}
    for people in bench.people:
        file, rounds = bench.records(people), bench.rounds_for(people)
        decisions = bench.out("decisions")
        ours = whole[people] = measure("population", "pack", file, decisions, THREADS, rounds)
        floors = {
            way: measure("population", way, file, bench.out("floor"), decisions, rounds)
            for way in ("plain", "overlapped")
        }
        way = min(floors, key=lambda w: floors[w].seconds)
        said = ours.found
        lines += [
            Line(
                f"{people:,} people: floor ({way})",
                floors[way],
                note=f"{said['rows']:,} records in, {said['decisions']:,} decisions out",
            ),
            Line(
                f"{people:,} people: whole pack",
                ours,
                ratio=ours.seconds / floors[way].seconds,
                target=("≤", 2.0, "× the floor"),
                note=f"{said['rules']} rules",
            ),
        ]
    small, large = bench.people
    times = whole[large].seconds / whole[small].seconds
    growth = Line(f"{large:,} against {small:,}", None, times, ("≤", 1.1 * large / small, "×"))
    memory = Line(
        f"memory at {large:,}", None, whole[large].peak_mb / 1024, ("≤", 2.0, "GB at the peak")
    )
    return Section("The whole pack", "population", [*lines, growth, memory])


def service(bench: Bench) -> Section:
    people = bench.people[1]
    file, rounds = bench.records(people), bench.rounds_for(people)
    lines = []
    for kind, words in (("work", "10 years"), ("since", "4 years since a certificate")):
        sides = {side: bench.out(f"service-{n}") for n, side in enumerate(("kernel", "craftpath"))}
        ours = {
            side: measure("service", side, kind, file, rounds, out) for side, out in sides.items()
        }
        theirs = {}
        for variant in VARIANTS:
            out = bench.out("service-duckdb")
            theirs[variant] = measure("service", f"duckdb:{variant}", kind, file, rounds, out)
            for side, mine in sides.items():
                agree(out, mine, f"service {kind}: {side} and duckdb ({variant})")
        best = min(theirs, key=lambda v: theirs[v].seconds)
        sql, persons = theirs[best], ours["craftpath"].found["persons"]
        lines += [
            Line(f"{words}: DuckDB ({best})", sql, note=f"{persons:,} persons get there"),
            Line(
                f"{words}: craftpath, reading included",
                ours["craftpath"],
                sql.seconds / ours["craftpath"].seconds,
                ("≥", 5.0, "× as fast"),
                note="the same day for every person",
            ),
            Line(
                f"{words}: the kernel alone",
                ours["kernel"],
                sql.seconds / ours["kernel"].seconds,
                ("≥", 20.0, "× as fast"),
            ),
        ]
    return Section(f"First day of accumulated service, {people:,} people", "service", lines)


def snapshot(bench: Bench) -> Section:
    people = bench.snapshot_people
    file, columns = bench.records(people), bench.out("snapshot-columns")
    measure("snapshot", "columns", file, columns)
    sides: dict[str, Measured] = {}
    outs = {}
    for side in ("openfisca", "polars", "duckdb", "craftpath"):
        outs[side] = bench.out(f"snapshot-{side}")
        sides[side] = measure("snapshot", side, file, columns, bench.rounds + 2, outs[side])
        agree(outs["openfisca"], outs[side], f"snapshot: openfisca and {side}")
    ours, theirs = sides["craftpath"], sides["openfisca"]
    lines = [
        Line("OpenFisca, from ready columns", theirs, note=f"{theirs.found['persons']:,} qualify"),
        Line("Polars, from ready columns", sides["polars"]),
        Line("DuckDB, from ready columns", sides["duckdb"]),
        Line(
            "craftpath, from records",
            ours,
            theirs.seconds / ours.seconds,
            ("≥", 2.0, "× as fast as OpenFisca"),
            note="the same persons on all sides",
        ),
    ]
    return Section(f"A snapshot benefit, {people:,} people", "snapshot", lines)


def worker(bench: Bench) -> Section:
    file = bench.records(bench.people[0])
    one = measure("worker", file, bench.workers)
    said = one.found
    shell = measure("command", 10)
    return Section(
        "One worker",
        "worker",
        [
            Line(
                "every rule with reasons, warm: median",
                one,
                one.seconds * 1000,
                ("≤", 1.0, "ms"),
                note=f"{said['workers']} workers, {said['records']:.1f} records and "
                f"{said['decisions']:.1f} decisions each; "
                f"95 in 100 within {said['p95'] * 1000:.2f} ms",
            ),
            Line("`craftpath --help`, a new process", None, shell.seconds, ("≤", 0.3, "s")),
        ],
    )


def door(bench: Bench) -> Section:
    one = measure("door", bench.records(bench.people[0]), bench.workers)
    said = one.found
    return Section(
        "One worker's page",
        "door",
        [
            Line(
                "every answer, all sentences in both languages: median",
                one,
                one.seconds * 1000,
                ("≤", 5.0, "ms"),
                note=f"{said['workers']} workers, {said['records']:.1f} records (employers' "
                f"included) and {said['decisions']:.1f} answers each; "
                f"{said['bare'] * 1000:.2f} ms without sentences, "
                f"{said['ladder'] * 1000:.2f} ms more for the ladder",
            ),
            Line(
                "facts to a records table: median",
                None,
                said["table"] * 1000,
                ("≤", 1.0, "ms"),
            ),
        ],
    )


def site(bench: Bench) -> Section:
    one = measure("site", "ask", bench.site(), bench.visitors, bench.rounds)
    said = one.found
    parts = ", ".join(f"{name} {took * 1000:.1f}" for name, took in said["shares"].items())
    lines = [
        Line(
            "/me/, server time: median",
            one,
            one.seconds * 1000,
            ("≤", 50.0, "ms"),
            note=f"{said['workers']} workers, {said['records']:,} records in the database; "
            f"{said['cpu'] * 1000:.0f} ms of CPU; 95 in 100 within {said['p95'] * 1000:.0f} ms",
        ),
        Line("/me/, where it goes on the average", None, note=f"{parts} ms, being measured"),
    ]
    for name, (seconds, cpu) in (said["pages"] | said["desk"]).items():
        note = f"{seconds * 1000:.0f} ms, {cpu * 1000:.0f} ms of CPU"
        lines.append(Line(f"{name}: median", None, note=note))
    again = {statement for some in said["twice"].values() for statement in some}
    lines.append(
        Line(
            "statements that a page puts twice",
            None,
            len(again),
            ("≤", 1.0, "of all pages"),
            note="one is allauth's own: it looks the user of a session up again",
        )
    )
    return Section(f"The site, a city of {bench.city:,} people", "site", lines)


def applications(bench: Bench) -> Section:
    lines = []
    for vendor in ("sqlite", "postgresql"):
        if vendor == "postgresql" and not has_postgresql():
            lines.append(Line("PostgreSQL", None, note="not measured: there is none here"))
            continue
        one = measure("applications", DATA / f"apply-{vendor}", vendor, bench.applicants)
        said = one.found
        count, bare = said["count"], said["bare"]
        parts = ", ".join(f"{name} {took * 1000:.1f}" for name, took in said["shares"].items())
        lines += [
            Line(f"{vendor}: bare INSERT", None, note=f"{count / bare:,.0f} a second"),
            Line(
                f"{vendor}: one at a time",
                one,
                note=f"{count / one.seconds:,.1f} a second, {one.seconds / bare:.0f} × the bare "
                f"INSERT; {said['cpu'] / count * 1000:.1f} ms of CPU each: {parts} ms, "
                "being measured",
            ),
            Line(
                f"{vendor}: eight threads",
                None,
                note=f"{count / said['many']:,.1f} a second, "
                f"{one.seconds / said['many']:.2f} × as many as one at a time",
            ),
        ]
    return Section("Applications, from nothing to handed in", "applications", lines)


def imports(bench: Bench) -> Section:
    one = measure("imports", bench.sheet)
    said = one.found
    return Section(
        f"A sheet of {bench.sheet:,} people",
        "imports",
        [
            Line(
                "read and bulk_create, unchecked",
                None,
                note=f"{said['floor']:.1f} s, {said['floor_cpu']:.1f} s of CPU; "
                f"{said['records']:,} records",
            ),
            Line(
                "checked and committed",
                one,
                one.seconds / said["floor"],
                ("≤", 3.0, "× unchecked"),
                note=f"check {said['check']:.1f} s, commit {said['commit']:.1f} s; "
                f"{said['cpu']:.1f} s of CPU",
            ),
            Line(
                "memory of the import",
                None,
                note=f"{said['memory']:.0f} MB at the peak, {said['memory_before']:.0f} MB before",
            ),
        ],
    )


def signing(bench: Bench) -> Section:
    one = measure("signing", bench.credentials, 5 * bench.rounds)
    said = one.found
    count = said["count"]

    def each(seconds: float) -> str:
        return f"{seconds / count * 1000:.2f} ms each"

    return Section(
        f"Signing {count} credentials",
        "signing",
        [
            Line(
                "canonical form and signature, bare",
                None,
                note=f"{count / said['bare']:,.0f} a second, {each(said['bare'])}",
            ),
            Line(
                "signed, every bound and check included",
                one,
                one.seconds / said["bare"],
                ("≤", 1.2, "× bare"),
                note=f"{count / one.seconds:,.0f} a second, {each(one.seconds)}; the same bytes",
            ),
            Line("verified", None, note=each(said["verify"])),
            Line(
                "the short token",
                None,
                note=f"written {each(said['token'])}, read {each(said['read'])}; "
                f"{said['length']} characters",
            ),
        ],
    )


def credentials(bench: Bench) -> Section:
    home = DATA / "credentials"
    one = measure("credentials", home, bench.batch, bench.stored, bench.checks)
    said = one.found
    count, parts = said["count"], said["parts"]
    took = ", ".join(f"{name} {seconds:.1f} s" for name, seconds in parts.items())
    return Section(
        "Certificates",
        "credentials",
        [
            Line(
                f"a batch of {count:,}, from records to one PDF",
                one,
                note=f"{count / one.seconds:,.0f} a second; {said['cpu']:.0f} s of CPU; {took}; "
                f"{said['megabytes']:.1f} MB of PDF",
            ),
            Line(
                f"a check by number among {said['stored']:,}: median",
                None,
                said["right"] * 1000,
                ("≤", 20.0, "ms"),
                note=f"95 in 100 within {said['slowest'] * 1000:.1f} ms; with a wrong name "
                f"{said['wrong'] * 1000:.1f} ms",
            ),
        ],
    )


def agree(one: Path, two: Path, what: str) -> None:
    """All sides have to give the same answer; a fast wrong one is no measurement."""
    if not pq.read_table(one).equals(pq.read_table(two)):
        raise SystemExit(f"{what} disagree: {one.name}, {two.name} in {one.parent}")


SECTIONS: dict[str, Callable[[Bench], Section]] = {
    "population": population,
    "service": service,
    "snapshot": snapshot,
    "worker": worker,
    "door": door,
    "site": site,
    "applications": applications,
    "imports": imports,
    "signing": signing,
    "credentials": credentials,
}


def head(today: str) -> list[str]:
    names = ("craftpath", "numba", "numpy", "pyarrow", "duckdb", "polars", "openfisca-core")
    versions = ", ".join(f"{name} {version(name)}" for name in names)
    load = ", ".join(f"{average:.1f}" for average in os.getloadavg())
    return [
        f"# Benchmarks of {today}",
        "",
        f"- machine: {machine()}; {THREADS} threads on every side (OpenFisca uses one)",
        f"- {versions}",
        f"- pack: {NAME} {pack().version}; sample: seed {SEED}",
        "- seconds are the best round; memory is the peak of the measuring process",
        f"- load average of the machine at the end: {load}",
    ]


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--small", action="store_true")
    parser.add_argument("--only", default=",".join(SECTIONS))
    parser.add_argument("--out", type=Path)
    chosen = parser.parse_args(arguments)
    DATA.mkdir(parents=True, exist_ok=True)
    bench = Bench(chosen.small)
    sections = [SECTIONS[name](bench) for name in chosen.only.split(",")]

    today = dt.datetime.now().astimezone().date().isoformat()
    whole = not chosen.small and chosen.only == ",".join(SECTIONS)
    file = chosen.out or (ROOT / f"docs/benchmarks/{today}.md" if whole else None)
    text = page(head(today), sections, notes_of(file) if file else "")
    print("\n" + text)
    if file:
        file.write_text(text, "utf-8")
        print(f"written to {file}")


if __name__ == "__main__":
    main()
