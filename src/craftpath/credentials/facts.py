"""What is printed of a record, in both languages, in the order of the pack's paper."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass

from craftpath.engine.rules import Label
from craftpath.engine.vocabulary import Step
from craftpath.pack.certificates import Certificates, Paper
from craftpath.pack.nouns import Pack
from craftpath.pack.words import en_day, zh_day
from craftpath.registry.identity import SCHEMES
from craftpath.registry.kinds import site_pack
from craftpath.registry.models import Identifier, Record

__all__ = ["Printing", "certificates", "code_label", "facts_of", "last_day", "step_of"]


@dataclass(frozen=True)
class Printing:
    """What a paper needs besides its record."""

    record: Record
    number: str
    issued: dt.date
    until: dt.date | None
    body: Label
    identity: Identifier | None = None
    replaces: str = ""


def certificates() -> Certificates:
    """What the site's pack says of them; nothing where it says nothing."""
    return site_pack().certificates or Certificates({})


def facts_of(paper: Paper, printing: Printing) -> list[dict[str, str]]:
    """[{"key", "zh", "en"}…] without the name; what does not apply is left out."""
    pack, found = site_pack(), []
    for fact in paper.printed:
        said = _SAYS[fact.key](pack, printing) if fact.key in _SAYS else None
        if said is not None:
            found.append({"key": fact.key, "zh": said.zh, "en": said.en})
    return found


def code_label(pack: Pack, kind: str, code: str | None) -> Label | None:
    """A subject in words: its label, where the pack has one in that language, else the code."""
    found = pack.vocabulary.kinds.get(kind)
    codes = pack.vocabulary.lists.get(found.codes or "") if found else None
    if code is None or codes is None or code not in codes.codes:
        return None if code is None else Label(code, code)
    label = codes.codes[code].label
    return Label(label.zh or code, label.en or label.zh or code)


def step_of(pack: Pack, kind: str, level: int | None) -> Step | None:
    found = pack.vocabulary.kinds.get(kind)
    scale = pack.vocabulary.scales.get(found.scale or "") if found else None
    return None if scale is None or level is None else scale.by_rank(level)


def last_day(until: dt.date) -> dt.date:
    """The last day on which it holds, as people write it."""
    return until - dt.timedelta(days=1)


def _occupation(pack: Pack, said: Printing) -> Label | None:
    label = code_label(pack, said.record.kind, said.record.subject)
    if label is None:
        return None
    code = said.record.subject
    return Label(f"{label.zh}（{code}）", f"{label.en} ({code})")


def _card(pack: Pack, said: Printing) -> Label | None:
    return code_label(pack, said.record.kind, said.record.subject)


def _level(pack: Pack, said: Printing) -> Label | None:
    step = step_of(pack, said.record.kind, said.record.level)
    return None if step is None else step.label


def _identity(_: Pack, said: Printing) -> Label | None:
    one = said.identity
    if one is None:
        return None
    if one.scheme == Identifier.Scheme.RIC:
        return Label(one.masked, one.masked)
    scheme = SCHEMES[one.scheme]
    return Label(f"{scheme.zh} {one.masked}", f"{scheme.en} {one.masked}")


def _day(day: dt.date | None) -> Label | None:
    return None if day is None else Label(zh_day(day), en_day(day))


_SAYS: dict[str, Callable[[Pack, Printing], Label | None]] = {
    "identity": _identity,
    "occupation": _occupation,
    "level": _level,
    "card": _card,
    "number": lambda _, said: Label(said.number, said.number),
    "awarded": lambda _, said: _day(said.record.start),
    "issued": lambda _, said: _day(said.issued),
    "until": lambda _, said: _day(last_day(said.until)) if said.until else None,
    "body": lambda _, said: said.body,
    "replaces": lambda _, said: Label(said.replaces, said.replaces) if said.replaces else None,
}
