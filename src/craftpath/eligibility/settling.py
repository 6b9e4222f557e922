"""Which record would settle a condition: the kinds that it looks at."""

from __future__ import annotations

from craftpath.eligibility.kept import once_a_pack
from craftpath.engine.patterns import patterns_in
from craftpath.engine.rules import Rule
from craftpath.engine.vocabulary import Kind
from craftpath.pack.nouns import Pack

__all__ = ["kinds_read_by"]


def kinds_read_by(pack: Pack, rule: str, condition: str) -> tuple[Kind, ...]:
    """The kinds of a person's own records that a condition of a rule looks at, in any of its texts.

    Empty where it looks at none: an age, a fixed day, or a text that was not found.
    """
    return _kinds(pack).get((rule, condition), ())


@once_a_pack
def _kinds(pack: Pack) -> dict[tuple[str, str], tuple[Kind, ...]]:
    found: dict[tuple[str, str], dict[str, Kind]] = {}
    for rule in pack.rules:
        for id, kinds in _of_rule(pack, rule):
            found.setdefault((rule.id, id), {}).update({kind.id: kind for kind in kinds})
    return {key: tuple(kinds.values()) for key, kinds in found.items()}


def _of_rule(pack: Pack, rule: Rule) -> list[tuple[str, list[Kind]]]:
    known = pack.vocabulary.kinds
    return [
        (
            condition.id,
            [
                known[pattern.kind]
                for pattern in patterns_in(condition.test)
                if known[pattern.kind].about in ("any", rule.about.party)
            ],
        )
        for version in rule.versions
        for condition in (*version.conditions, *(c for r in version.routes for c in r.conditions))
    ]
