"""What one party can have only once, and which of two stands.

Where two parties turn out to be one, some things are there twice of which only one can be: two
birth dates, two live applications to one programme. Each is a `Contradiction`; whoever merges says
of each which stands, and the others are taken back with the reason, in the same transaction.

The registry knows its own records. Whoever above it keeps what a party has once enrols when its app
is ready (`settle_too`), or adds to what is said of a choice (`tell_too`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from craftpath.access.errors import Conflict, Invalid
from craftpath.access.roles import Actor
from craftpath.engine.rules import Label

__all__ = [
    "Choice",
    "Contradiction",
    "Settler",
    "contradictions_among",
    "hold_for",
    "settle",
    "settle_too",
    "tell_too",
    "told_elsewhere",
]


@dataclass(frozen=True)
class Choice:
    """One of the things of which only one can stand.

    key     what it is called in an answer: "record-17"
    party   whose it is, as it was written
    rows    the numbers of its rows
    """

    key: str
    party: int
    label: Label
    rows: tuple[int, ...]


@dataclass(frozen=True)
class Contradiction:
    """`key` is what an answer calls it: "birth", "application-3-6180204"."""

    key: str
    label: Label
    choices: tuple[Choice, ...]

    def losing(self, stands: str) -> list[int]:
        """The rows that do not stand."""
        return [row for one in self.choices if one.key != stands for row in one.rows]


@dataclass(frozen=True)
class Settler:
    """Somebody who keeps what a party has once.

    find    the contradictions among parties that are one, or would be
    settle  take back what does not stand; gives what was taken back, as the merge notes it
    hold    lock what settling would change, before the parties themselves are locked; None: what
            is told to have changed by its own row
    """

    find: Callable[[Sequence[int]], list[Contradiction]]
    settle: Callable[[Actor, Contradiction, str, str], list[int]]
    hold: Callable[[Sequence[int]], None] | None = None


_settlers: dict[str, Callable[[], Settler]] = {}
_tellers: dict[str, Callable[[int], list[Label]]] = {}


def settle_too(name: str, settler: Callable[[], Settler]) -> None:
    """From now on it is asked; `name` is under what a merge notes what was taken back."""
    _settlers[name] = settler


def tell_too(name: str, teller: Callable[[int], list[Label]]) -> None:
    """What an app above knows of a row of another is said with it: the seats of an application."""
    _tellers[name] = teller


def told_elsewhere(name: str, row: int) -> list[Label]:
    teller = _tellers.get(name)
    return [] if teller is None else teller(row)


def contradictions_among(parties: Sequence[int]) -> list[Contradiction]:
    """Of parties that are one, or would be."""
    return [one for _, one in _found(parties)]


def hold_for(parties: Sequence[int]) -> None:
    """Lock what settling may change. Called first, in the transaction that settles."""
    for settler in _settlers.values():
        hold = settler().hold
        if hold is not None:
            hold(parties)


def settle(
    actor: Actor, parties: Sequence[int], stands: Mapping[str, str], why: str
) -> dict[str, list[int]]:
    """Take back what does not stand; gives what was taken back, by the settler's name.

    Invalid, by "stands.KEY": a contradiction without an answer, with what there is to choose from.
    Conflict: the answer is none of the choices, as they are now.
    """
    found = _found(parties)
    open_ = {f"stands.{one.key}": _asked(one) for _, one in found if one.key not in stands}
    if open_:
        raise Invalid(open_)
    for _, one in found:
        if stands[one.key] not in {choice.key for choice in one.choices}:
            raise Conflict(
                f"“{one.label.zh}”在您查看之后又有变动，请刷新后重新选择。",
                f"“{one.label.en}” has changed since you looked; reload the page and choose again.",
            )
    done: dict[str, list[int]] = {}
    for name, one in found:
        taken = _settlers[name]().settle(actor, one, stands[one.key], why)
        done.setdefault(name, []).extend(taken)
    return done


def _found(parties: Sequence[int]) -> list[tuple[str, Contradiction]]:
    return [(name, one) for name, settler in _settlers.items() for one in settler().find(parties)]


def _asked(one: Contradiction) -> Label:
    zh = "；".join(choice.label.zh for choice in one.choices)
    en = "; ".join(choice.label.en for choice in one.choices)
    return Label(
        f"“{one.label.zh}”只能有一个，请选择以哪个为准：{zh}。",
        f"Of “{one.label.en}” only one can stand; choose which: {en}.",
    )
