"""A party's records as the desk shows them: by kind, each with what became of it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from craftpath.eligibility import Fact, FormFields, form_fields, say_fact
from craftpath.engine.rules import Label
from craftpath.engine.vocabulary import Kind
from craftpath.registry.kinds import BIRTH, FOUNDED
from craftpath.registry.models import Party, Record
from craftpath.web.life import the_pack

__all__ = ["Group", "Line", "grouped", "kinds_for", "words_of"]


@dataclass(frozen=True)
class Line:
    """One record; `words` without its kind, which the heading says.

    contested  another that stands says otherwise of what a party has once
    """

    record: Record
    words: Label
    contested: bool = False

    @property
    def may_be_voided(self) -> bool:
        return self.contested or self.record.kind not in (BIRTH, FOUNDED)


@dataclass(frozen=True)
class Group:
    """Records of one kind, the latest first: those that stand, and those that were set aside."""

    kind: Kind
    standing: list[Line] = field(default_factory=list)
    gone: list[Line] = field(default_factory=list)


def grouped(records: Iterable[Record]) -> list[Group]:
    """By kind, in the pack's order; a kind that the pack no longer has comes last."""
    kinds = the_pack().vocabulary.kinds
    found: dict[str, Group] = {}
    for record in sorted(records, key=lambda r: (r.start, r.pk), reverse=True):
        kind = kinds.get(record.kind) or Kind(record.kind, Label(record.kind, record.kind))
        group = found.setdefault(record.kind, Group(kind))
        (group.standing if record.stands else group.gone).append(Line(record, words_of(record)))
    for group in found.values():
        if group.kind.once and len({one.words.zh for one in group.standing}) > 1:
            group.standing[:] = [replace(one, contested=True) for one in group.standing]
    order = {id: at for at, id in enumerate(kinds)}
    return sorted(found.values(), key=lambda group: order.get(group.kind.id, len(order)))


def words_of(record: Record) -> Label:
    fact = Fact(
        party=record.party_id,
        kind=record.kind,
        start=record.start,
        end=record.end,
        subject=record.subject,
        level=record.level,
        quantity=record.quantity,
    )
    said = say_fact(the_pack(), fact)
    return Label(said.zh.partition("：")[2] or said.zh, said.en.partition(": ")[2] or said.en)


def kinds_for(party: Party) -> list[FormFields]:
    """Kinds of record that a party may have, those that most rules look at first."""
    pack = the_pack()
    fitting = [
        form_fields(pack, id)
        for id, kind in pack.vocabulary.kinds.items()
        if kind.about in ("any", party.nature) and id not in (BIRTH, FOUNDED)
    ]
    return sorted(fitting, key=lambda one: -one.used_by)
