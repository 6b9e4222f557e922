"""One small draw that the tests of this folder borrow: eleven entrants, two districts."""

from __future__ import annotations

import datetime as dt

from craftpath.allotment.draw import Draw, PublicEvent, Terms, hold_draw
from craftpath.allotment.nouns import Entrant, LeftOver, Quota

SEED = bytes.fromhex("5eed" * 16)

TERMS = Terms(
    programme="sample-grant-2024",
    committed_on=dt.date(2024, 10, 20),
    closes_on=dt.date(2024, 11, 8),
    quota=Quota(5, {"440106": 2, "440112": 1}, LeftOver.EVERYBODY),
    public=PublicEvent("福彩3D 2024年11月12日开奖号码", dt.date(2024, 11, 12)),
)


def entrants() -> list[Entrant]:
    groups = ("440106", "440112", None)
    return [Entrant(i, f"QX-{i:05}", groups[i % 3], order=i) for i in range(1, 12)]


def held() -> Draw:
    return hold_draw(TERMS, SEED, entrants(), dt.date(2024, 11, 9), "4 0 7")[0]
