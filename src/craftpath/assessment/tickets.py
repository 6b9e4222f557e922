"""Numbers of admission tickets 准考证号: 25 481093627 4, the year, nine digits drawn by chance and
a check digit. They tell nothing of who holds one, and none can be counted from another.
"""

from __future__ import annotations

import datetime as dt
import secrets

from stdnum import luhn

from craftpath.assessment.models import Ticket

__all__ = ["new_numbers"]


def new_numbers(many: int, day: dt.date) -> list[str]:
    """So many numbers that nobody has."""
    found: list[str] = []
    while len(found) < many:
        drawn = {_draw(day) for _ in range(many - len(found))} - set(found)
        taken = set(Ticket.objects.filter(number__in=drawn).values_list("number", flat=True))
        found += drawn - taken
    return found


def _draw(day: dt.date) -> str:
    body = f"{day.year % 100:02}{secrets.randbelow(10**9):09}"
    return body + str(luhn.calc_check_digit(body))
