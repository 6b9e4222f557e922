"""On which days offices work, and periods of such days."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

__all__ = ["WorkingDays"]

_DAY = dt.timedelta(days=1)
_SATURDAY = 5


@dataclass(frozen=True)
class WorkingDays:
    """Which days are worked. Without years: Monday to Friday, and nothing is known.

    off, worked  weekdays that are not, and weekends that are
    sources      of each year that is known, keys of sources.yaml
    """

    off: frozenset[dt.date] = frozenset()
    worked: frozenset[dt.date] = frozenset()
    sources: tuple[tuple[int, tuple[str, ...]], ...] = ()

    def __contains__(self, day: dt.date) -> bool:
        return day in self.worked if day.weekday() >= _SATURDAY else day not in self.off

    @property
    def years(self) -> tuple[int, ...]:
        return tuple(year for year, _ in self.sources)

    def knows(self, day: dt.date) -> bool:
        """Whether that year's days are known, not reckoned by Monday to Friday."""
        return day.year in self.years

    def after(self, day: dt.date, count: int) -> dt.date:
        """The working day that is the `count`th after a day, which is not counted. 0: the day."""
        for _ in range(count):
            day += _DAY
            while day not in self:
                day += _DAY
        return day

    def end(self, day: dt.date, count: int) -> dt.date:
        """The first day after [day, …) that holds `count` working days; `day` is counted."""
        return self.after(day - _DAY, count) + _DAY
