"""What the engine says of an application, and how it is kept with it.

    check = check_party(programme, party_id, "6-18-02-04", today())
    application.check_first = check.plain

Kept as plain data: {"verdict", "sentence": {"zh", "en"}, "missing": [{"id", "clause", "zh",
"en"}], "day", "known", "rule", "focus", "route", "amount", "receipt"}.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from craftpath.access.roles import Actor, Role
from craftpath.eligibility import Check, check
from craftpath.engine.rules import Label
from craftpath.programmes.models import Programme
from craftpath.registry.evidence import columns_of, life_rows
from craftpath.registry.kinds import site_pack

__all__ = ["Checked", "check_party", "lacking_label", "lacking_of", "told_of"]

#: A programme without a rule asks nothing of the engine.
_NO_RULE = Label("本项目不设申请条件。", "This programme sets no condition.")


@dataclass(frozen=True)
class Checked:
    """The engine's verdict on one party's application, as plain data.

    verdict  "qualifies", "unknown", "later" or "never"
    missing  the conditions that do not surely hold, as sentences
    """

    verdict: str
    sentence: Label
    missing: tuple[Label, ...]
    plain: dict[str, Any]

    @property
    def qualifies(self) -> bool:
        return self.verdict == "qualifies"

    @property
    def lacking(self) -> Label:
        """The verdict, and what is missing: 尚未符合…；缺：…"""
        return lacking_label(self.sentence, self.missing)


def check_party(programme: Programme, party_id: int, focus: str, day: dt.date) -> Checked:
    """Ask whether a party may take part, on the programme's day or on `day`, as known on `day`.

    It reads records and compiles rules: call it before the transaction that uses it, not in it.
    UnknownRule: the programme's rule is no longer in the pack.
    """
    judged = programme.judged_on or day
    if not programme.rule:
        return _kept(None, judged, day)
    own, others = life_rows(party_id)
    answer = check(
        site_pack(),
        columns_of(own),
        party_id,
        programme.rule,
        focus or None,
        judged,
        day,
        columns_of(others) if others else (),
    )
    return _kept(answer, judged, day)


def lacking_of(plain: dict[str, Any]) -> Label:
    """The verdict and what is missing, of a check that was kept."""
    said = plain["sentence"]
    missing = tuple(Label(one["zh"], one["en"]) for one in plain["missing"])
    return lacking_label(Label(said["zh"], said["en"]), missing)


#: What an employer may read of a check of somebody else.
_TOLD = ("verdict", "day", "known", "rule", "focus")


def told_of(actor: Actor, plain: dict[str, Any] | None, party: int) -> dict[str, Any] | None:
    """A kept check as far as the actor may read it: the verdict rests on the whole of a life, and
    its sentences say so. Of somebody else's an employer is told the verdict alone."""
    if plain is None or actor.role != Role.EMPLOYER or party == actor.party:
        return plain
    return {name: plain[name] for name in _TOLD if name in plain}


def _kept(answer: Check | None, judged: dt.date, known: dt.date) -> Checked:
    verdict = "qualifies" if answer is None else answer.verdict
    sentence = _NO_RULE if answer is None else answer.sentence
    lacking = () if answer is None or answer.qualifies else answer.lacking
    plain: dict[str, Any] = {
        "verdict": verdict,
        "sentence": {"zh": sentence.zh, "en": sentence.en},
        "missing": [
            {"id": one.id, "clause": one.clause, "zh": one.sentence.zh, "en": one.sentence.en}
            for one in lacking
        ],
        "day": judged.isoformat(),
        "known": known.isoformat(),
        "rule": "" if answer is None else answer.rule,
        "focus": "" if answer is None else answer.focus or "",
        "route": None if answer is None else answer.route,
        "amount": None if answer is None else answer.amount,
        "receipt": None if answer is None else answer.receipt,
    }
    return Checked(verdict, sentence, tuple(one.sentence for one in lacking), plain)


def lacking_label(sentence: Label, missing: tuple[Label, ...]) -> Label:
    """A verdict's sentence, and what is missing."""
    if not missing:
        return sentence
    zh = "；".join(one.zh.rstrip("。") for one in missing)
    en = "; ".join(one.en.rstrip(".") for one in missing)
    return Label(
        f"{sentence.zh.rstrip('。')}。尚缺：{zh}。", f"{sentence.en.rstrip('.')}. Missing: {en}."
    )
