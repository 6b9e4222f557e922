"""Numbers that are entered for applications row by row: points to rank by, marks of a sitting.

Rows are checked one by one and the good ones kept. What is wrong is a value beside its row; every
change is in the audit with what stood there before.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db import transaction

from craftpath.access.act import Traces, act_all
from craftpath.access.numbers import read_decimal
from craftpath.access.roles import Actor
from craftpath.engine.rules import Label
from craftpath.programmes.locking import hold
from craftpath.programmes.models import Application, Programme
from craftpath.programmes.writing import save_all

__all__ = ["Number", "Told", "Wanted", "read_number", "write_rows"]

Number = Decimal | float | int | str

_SLICE = 200
#: More of them than fit the column, whatever they stand for.
_MOST = Decimal("9999999.99")


@dataclass(frozen=True)
class Told:
    """What became of one row. `problem` None: it was kept."""

    serial: str
    problem: Label | None


@dataclass(frozen=True)
class Wanted:
    """One row as read: what to write to the application, or what is wrong with it."""

    serial: str
    values: Mapping[str, Any]
    problem: Label | None = None


def read_number(
    said: Number, *, places: int, least: Decimal = Decimal(0), most: Decimal = _MOST
) -> Decimal | Label:
    """A number with at most so many decimal places, or what is wrong with it."""
    number = read_decimal(str(said))
    if number is None:
        return Label(f"“{said}”不是数字。", f"“{said}” is not a number.")
    if not least <= number <= most:
        return Label(
            f"应在 {least.normalize():f} 到 {most.normalize():f} 之间，写的是 {said}。",
            f"It is to be from {least.normalize():f} to {most.normalize():f}, not {said}.",
        )
    if number != round(number, places):
        return Label(
            f"最多 {places} 位小数，写的是 {said}。",
            f"At most {places} decimal places, not {said}.",
        )
    return number


def write_rows(
    actor: Actor,
    programme: Programme,
    rows: Sequence[Wanted],
    *,
    told_as: str,
    ready: Callable[[Programme], None],
    refuses: Callable[[Application], Label | None],
) -> list[Told]:
    """Write the rows in slices, each in a transaction of its own, so that no lock is held for long.

    ready    raises Conflict where the programme, as held, takes no such numbers
    refuses  why one application takes none
    """
    told: list[Told] = []
    seen: set[str] = set()
    for at in range(0, len(rows), _SLICE):
        with transaction.atomic():
            held = hold(programme.pk)
            ready(held)
            part = rows[at : at + _SLICE]
            found = {
                one.serial: one
                for one in held.applications.filter(serial__in=[row.serial for row in part])
            }
            kept: list[tuple[Application, Mapping[str, Any]]] = []
            for row in part:
                problem = row.problem or _problem(row.serial, found, seen, refuses)
                seen.add(row.serial)
                if problem is None:
                    kept.append((found[row.serial], row.values))
                told.append(Told(row.serial, problem))
            with act_all(actor, "application.mark", told_as=told_as) as traces:
                _write(traces, kept)
    if not rows:
        ready(programme)
    return told


def _problem(
    serial: str,
    found: Mapping[str, Application],
    seen: set[str],
    refuses: Callable[[Application], Label | None],
) -> Label | None:
    if serial in seen:
        return Label("这份申请前面已有一行。", "There is a row for this application above.")
    if serial not in found:
        return Label(
            "本项目没有这份申请，请核对编号。",
            "There is no such application in this programme; check the number.",
        )
    return refuses(found[serial])


def _write(traces: Traces, kept: Sequence[tuple[Application, Mapping[str, Any]]]) -> None:
    changed: list[Application] = []
    for one, values in kept:
        new = {name: value for name, value in values.items() if getattr(one, name) != value}
        if not new:
            continue
        before = {f"{name}_before": getattr(one, name) for name in new}
        traces.told(one, party=one.party_id, **before, **new)
        for name, value in new.items():
            setattr(one, name, value)
        changed.append(one)
    save_all(changed, sorted({name for _, values in kept for name in values}))
