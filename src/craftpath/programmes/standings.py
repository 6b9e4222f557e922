"""What the state of an application means to who applied, with its place and how places come."""

from __future__ import annotations

from craftpath.engine.rules import Label
from craftpath.programmes.choices import STATES, Place, State, Way

__all__ = ["STANDINGS", "standing_of"]

#: Where the state alone would say too much or too little: by state, place and way.
STANDINGS: dict[tuple[State, Place, Way | None], tuple[Label, str]] = {
    (State.SUBMITTED, Place.WAITING, None): (
        Label("审核中；名额已满，候补", "under review; on the waiting list"),
        "wait",
    ),
    (State.APPROVED, Place.NONE, Way.LOTTERY): (
        Label("审核通过，等待抽签", "passed review, waiting for the draw"),
        "wait",
    ),
    (State.APPROVED, Place.NONE, Way.RANKED): (
        Label("审核通过，等待按分数排名", "passed review, waiting for the ranking"),
        "wait",
    ),
    (State.APPROVED, Place.PLACED, None): (
        Label("审核通过，已获名额", "passed review, has a place"),
        "good",
    ),
    (State.APPROVED, Place.WAITING, None): (
        Label("审核通过，候补中", "passed review, on the waiting list"),
        "wait",
    ),
    (State.APPROVED, Place.UNPLACED, None): (
        Label("审核通过，未获名额", "passed review, no place"),
        "",
    ),
}


def standing_of(state: str, place: str, way: str, tone: str) -> tuple[Label, str]:
    """The words and the tone for one who stands so; `tone`: of the state alone."""
    key = State(state), Place(place)
    return STANDINGS.get((*key, Way(way))) or STANDINGS.get((*key, None)) or (STATES[key[0]], tone)
