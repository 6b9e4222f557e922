"""Names and numbers for those who do not exist: believable, and known for made up.

Identity numbers and credit codes pass their check digits, agree with birth date and sex, and carry
the place 449900, which no place has: none can be anybody's. Surnames stand in the order in which
they are common, with weights that fall like 1/rank; that is an assumption, no count.
"""

from __future__ import annotations

import csv
import datetime as dt
from collections import Counter
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import numpy as np
import numpy.typing as npt
from stdnum.cn import ric, uscc

from craftpath.registry.identity import Number
from craftpath.sample.draws import Draws

__all__ = [
    "NOWHERE",
    "OFFICE_NUMBER",
    "Name",
    "Numbers",
    "brand_names",
    "people_names",
    "person_number",
]

#: A place code that is nobody's, on every number made here.
NOWHERE = "449900"

Int64 = npt.NDArray[np.int64]
_USCC_LETTERS = "0123456789ABCDEFGHJKLMNPQRTUWXY"
#: 统一社会信用代码's first two characters: an enterprise, a public institution, a union.
_USCC_SORT = {"enterprise": "91", "institution": "12", "union": "81"}


@dataclass(frozen=True)
class Name:
    zh: str
    en: str


@cache
def _words(use: str) -> tuple[Name, ...]:
    with (files("craftpath.demo_city") / "words.csv").open(encoding="utf-8") as file:
        return tuple(
            Name(row["zh"], row["en"]) for row in csv.DictReader(file) if row["use"] == use
        )


def people_names(draws: Draws, ids: Int64, male: npt.NDArray[np.bool_]) -> list[Name]:
    """A name for each; one in four has one given character, the rest two."""
    surnames = _words("surname")
    weights = 1.0 / (8.0 + np.arange(len(surnames), dtype=np.float64))
    chosen = draws.pick("surname", ids, weights)
    first, second = draws.uniform("given 1", ids), draws.uniform("given 2", ids)
    one = draws.chance("one character", ids, 0.25)
    found = []
    for at in range(len(ids)):
        given = _words("male" if male[at] else "female")
        parts = [given[int(first[at] * len(given))]]
        if not one[at]:
            parts.append(given[int(second[at] * len(given))])
        surname = surnames[chosen[at]]
        found.append(
            Name(
                surname.zh + "".join(part.zh for part in parts),
                f"{surname.en} {''.join(part.en for part in parts).capitalize()}",
            )
        )
    return found


def brand_names(draws: Draws, ids: Int64) -> list[tuple[Name, Name]]:
    """(two characters, a trade) for each organisation; no two have the same two characters."""
    brands, trades = _words("brand"), _words("trade")
    count = len(brands)
    # A walk through all pairs by a step that has no factor in common with their number.
    pairs = (draws.whole("brand", np.array([0]), 0, count * count)[0] + ids * 367) % (count * count)
    trade = draws.whole("trade", ids, 0, len(trades))
    found = []
    for pair, which in zip(pairs.tolist(), trade.tolist(), strict=True):
        one, two = brands[pair // count], brands[pair % count]
        found.append((Name(one.zh + two.zh, (one.en + two.en).capitalize()), trades[which]))
    return found


def person_number(born: dt.date, serial: int) -> str:
    """An identity number that is nobody's; serial: 1 to 999, odd for men."""
    body = f"{NOWHERE}{born:%Y%m%d}{serial:03d}"
    return body + ric.calc_check_digit(body + "0")


#: The credit code of the city's talent office, of which there is one: the last of its sort.
OFFICE_NUMBER = f"{_USCC_SORT['institution']}{NOWHERE}MADEMYYYY"
OFFICE_NUMBER += uscc.calc_check_digit(OFFICE_NUMBER)


class Numbers:
    """Gives out identity numbers and credit codes, each once."""

    def __init__(self) -> None:
        self._given: Counter[tuple[dt.date, bool]] = Counter()
        self._organisations = 0

    def of_person(self, born: dt.date, male: bool) -> Number:
        serial = self._given[born, male]
        self._given[born, male] += 1
        # Odd serials are men's; far fewer of each are born on a day than there are.
        return Number("ric", person_number(born, 2 * serial + (1 if male else 2)))

    def of_organisation(self, sort: str) -> Number:
        self._organisations += 1
        at, digits = self._organisations, ""
        for _ in range(4):
            at, digit = divmod(at, len(_USCC_LETTERS))
            digits = _USCC_LETTERS[digit] + digits
        body = f"{_USCC_SORT[sort]}{NOWHERE}MADEM{digits}"
        return Number("uscc", body + uscc.calc_check_digit(body))
