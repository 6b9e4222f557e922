"""The people and organisations of the sample, moved into one city and written to the database.

Records are written in bulk, and nothing else is: whatever somebody did goes through the actions.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from django.core.management.color import no_style
from django.db import connection

from craftpath.demo_city.naming import Name, Numbers, brand_names, people_names
from craftpath.engine.vocabulary import Vocabulary
from craftpath.registry.identity import sealed_identifier
from craftpath.registry.models import Identifier, Party, Record
from craftpath.sample import sample_batches
from craftpath.sample.draws import Draws
from craftpath.sample.world import Organisations

__all__ = ["CITY", "OTHER_CITY", "TOWN", "Lives", "Row", "gather", "in_city", "write_lives"]

CITY, TOWN, OTHER_CITY = "441900", "441900119", "441800"

#: Where the sample's places lie in the city. Those not named stay where they are: other cities'
#: officials are to have somebody too.
_MOVED = {
    "440100": TOWN,
    "440300": "441900121",
    "440600": "441900004",
    "441300": "441900003",
    "441200": "441900122",
    "442000": "441900111",
    "440112": "441900401",
    "440700": "441900116",
    "440800": "441900114",
    "445200": "441900110",
    "445100": "441900113",
    "440500": "441900112",
    "441600": "441900118",
    "440900": "441900117",
    "440200": "441900128",
}
_IN_TOWN = frozenset({"workplace", "located"})
_IN_CITY = frozenset(
    {
        "insurance",
        "social-insurance",
        "registered-unemployed",
        "unemployment-benefit",
        "tax-paid",
        "union-dues",
        "union-registered",
    }
)
_COLUMNS = (
    "kind",
    "subject",
    "level",
    "start",
    "end",
    "quantity",
    "status",
    "known",
    "known_until",
)
Row = dict[str, Any]


@dataclass
class Lives:
    """Who is in the database now, for those who make programmes of it.

    people      numbers of the people; employers, schools, assessors, unions: of organisations
    rows        the records, in the columns of the records file, sorted by party once written
    staff       who works where now: employer → people
    region      of each party
    """

    people: range
    employers: list[int] = field(default_factory=list)
    schools: list[int] = field(default_factory=list)
    assessors: list[int] = field(default_factory=list)
    unions: list[int] = field(default_factory=list)
    rows: list[Row] = field(default_factory=list)
    staff: dict[int, list[int]] = field(default_factory=dict)
    region: dict[int, str] = field(default_factory=dict)
    names: dict[int, Name] = field(default_factory=dict)


def gather(people: int, seed: int, vocabulary: Vocabulary, day: dt.date) -> Lives:
    """`people` persons of a larger sample, so that 5,000 of them have 200 employers, and all of
    its organisations, as known on `day`; parties 1, 2, 3 … in the sample's order."""
    sampled = 9 * people // 5
    organisations = Organisations(sampled, Draws(seed))
    first, last = organisations.all
    number = {id: id for id in range(1, people + 1)}
    number |= {id: people + at for at, id in enumerate(range(first, last), start=1)}
    lives = Lives(range(1, people + 1))
    for name in ("employers", "schools", "assessors", "unions"):
        setattr(lives, name, [number[id] for id in range(*getattr(organisations, name))])
    lives.rows = [
        row
        for batch in sample_batches(sampled, seed, vocabulary)
        for row in _moved(batch, number, day)
    ]
    _add_workplaces(lives, day)
    return lives


def write_lives(lives: Lives, seed: int, vocabulary: Vocabulary) -> None:
    """Write parties, their sealed numbers and their records."""
    lives.rows.sort(key=lambda row: row["party"])
    _write_parties(lives, seed, vocabulary)
    _write_records(lives)


def in_city(lives: Lives, some: list[int]) -> int:
    """The first of some organisations that lies in the city."""
    return next((at for at in some if lives.region[at].startswith(CITY[:4])), some[0])


def _moved(batch: pa.RecordBatch, number: dict[int, int], day: dt.date) -> Iterator[Row]:
    ours = pc.is_in(batch["party"], pa.array(number, pa.int64()))
    for row in batch.filter(ours).to_pylist():
        if row["known"] > day or (row["known_until"] or day) > day:
            continue  # nobody knows what is learned later
        row["party"] = number[row["party"]]
        row["other"] = number.get(row["other"])
        if row["kind"] in _IN_TOWN:
            row["subject"] = _MOVED.get(row["subject"], row["subject"])
        elif row["kind"] in _IN_CITY and row["subject"] in _MOVED:
            row["subject"] = CITY
        yield row


def _running(row: Row, day: dt.date) -> bool:
    return (
        row["known_until"] is None
        and row["start"] <= day
        and (row["end"] is None or row["end"] > day)
    )


def _add_workplaces(lives: Lives, day: dt.date) -> None:
    """The sample tells the workplace of few. Here whoever works does so where their employer is."""
    running = [row for row in lives.rows if _running(row, day)]
    for row in running:
        if row["kind"] == "located":
            lives.region[row["party"]] = row["subject"]
    known = {row["party"]: row["subject"] for row in running if row["kind"] == "workplace"}
    lives.region |= known
    homes = {row["party"]: row["subject"] for row in running if row["kind"] == "residence"}
    for row in running:
        person = row["party"]
        if row["kind"] == "employment" and row["other"] in lives.region:
            lives.staff.setdefault(row["other"], []).append(person)
            if person not in known:
                known[person] = lives.region[person] = lives.region[row["other"]]
                lives.rows.append(
                    {**row, "kind": "workplace", "subject": known[person], "level": None}
                )
    insured = {row["party"]: row["subject"] for row in running if row["kind"] == "social-insurance"}
    for person in lives.people:
        lives.region.setdefault(person, insured.get(person) or homes.get(person) or CITY)


def _write_parties(lives: Lives, seed: int, vocabulary: Vocabulary) -> None:
    born = {row["party"]: row["start"] for row in lives.rows if row["kind"] == "birth"}
    male = {row["party"]: row["subject"] == "male" for row in lives.rows if row["kind"] == "sex"}
    draws, numbers = Draws(seed), Numbers()
    ids = np.array(lives.people, np.int64)
    for at in lives.people:  # not of everybody is the sex on record; the number tells it
        male.setdefault(at, at % 2 == 1)
    men = np.array([male[at] for at in lives.people])
    for at, name in zip(lives.people, people_names(draws, ids, men), strict=True):
        lives.names[at] = name
    _name_organisations(lives, draws, vocabulary)
    Party.objects.bulk_create(
        (
            Party(
                pk=at,
                nature="person" if at <= len(lives.people) else "organisation",
                name=name.zh,
                name_en=name.en,
                region=lives.region.get(at, CITY),
            )
            for at, name in lives.names.items()
        ),
        batch_size=2000,
    )
    sealed = [sealed_identifier(at, numbers.of_person(born[at], male[at])) for at in lives.people]
    sorts = (
        ("enterprise", lives.employers),
        ("institution", [*lives.schools, *lives.assessors]),
        ("union", lives.unions),
    )
    for sort, some in sorts:
        sealed += [sealed_identifier(at, numbers.of_organisation(sort)) for at in some]
    Identifier.objects.bulk_create(sealed, batch_size=2000)
    _raise_sequences()


_SCHOOLS = {
    "technical-school": Name("技工学校", "Technical School"),
    "senior-technical-school": Name("高级技工学校", "Senior Technical School"),
    "technician-college": Name("技师学院", "Technician College"),
    "secondary-vocational": Name("中等职业技术学校", "Vocational School"),
    "higher-vocational": Name("职业技术学院", "Polytechnic"),
    "ordinary-university": Name("理工学院", "Institute of Technology"),
}


def _name_organisations(lives: Lives, draws: Draws, vocabulary: Vocabulary) -> None:
    places = vocabulary.lists["region"].codes
    types = {row["party"]: row["subject"] for row in lives.rows if row["kind"] == "school-type"}
    enterprises = {row["party"] for row in lives.rows if row["kind"] == "enterprise"}
    every = [*lives.employers, *lives.schools, *lives.assessors, *lives.unions]
    for at, (brand, trade) in zip(
        every, brand_names(draws, np.array(every, np.int64)), strict=True
    ):
        label = places[lives.region[at]].label if lives.region.get(at) in places else None
        zh = "" if label is None else label.zh.removesuffix("街道").removesuffix("镇")
        en = "" if label is None else label.en
        if at in types:
            school = _SCHOOLS[types[at]]
            lives.names[at] = Name(f"{zh}{brand.zh}{school.zh}", f"{en} {brand.en} {school.en}")
        elif at in lives.assessors:
            lives.names[at] = Name(
                f"{zh}{brand.zh}职业技能评价中心", f"{brand.en} Skills Assessment Centre, {en}"
            )
        elif at in lives.unions:
            lives.names[at] = Name(f"{zh}{brand.zh}工会联合会", f"{brand.en} Union, {en}")
        elif at in enterprises:
            lives.names[at] = Name(
                f"{zh}{brand.zh}{trade.zh}有限公司", f"{brand.en} {trade.en} Ltd, {en}"
            )
        else:
            lives.names[at] = Name(f"{zh}{brand.zh}服务中心", f"{brand.en} Service Centre, {en}")


def _write_records(lives: Lives) -> None:
    """By plain SQL: the models' own way takes three times as long, and this is most of the city."""
    ops, quote = connection.ops, connection.ops.quote_name
    names = ("party_id", "other_id", *_COLUMNS, "origin", "why")
    sql = (
        f"INSERT INTO {quote(Record._meta.db_table)} "
        f"({', '.join(map(quote, names))}) VALUES ({', '.join(['%s'] * len(names))})"
    )
    days = {"start", "end", "known", "known_until"}
    adapt: dict[dt.date | None, Any] = {None: None}

    def day(value: dt.date | None) -> Any:
        if value not in adapt:
            adapt[value] = ops.adapt_datefield_value(value)
        return adapt[value]

    with connection.cursor() as cursor:
        cursor.executemany(
            sql,
            [
                (
                    row["party"],
                    row["other"],
                    *(day(row[name]) if name in days else row[name] for name in _COLUMNS),
                    "import",
                    "",
                )
                for row in lives.rows
            ],
        )


def _raise_sequences() -> None:
    """Parties came with their numbers; the database counts on from the last."""
    statements = connection.ops.sequence_reset_sql(no_style(), [Party])
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)
