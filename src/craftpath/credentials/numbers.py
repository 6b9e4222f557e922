"""The next numbers of a series: consecutive, each given once, by whoever holds its row."""

from __future__ import annotations

from collections.abc import Collection

from craftpath.access.errors import Conflict
from craftpath.credentials.models import Series
from craftpath.pack.certificates import NumberForm
from craftpath.programmes.locking import hold_rows

__all__ = ["HeldSeries", "hold_series"]


class HeldSeries:
    """Series that are nobody else's until the transaction ends. What is taken is there only with
    the rows that it is for: a transaction that fails leaves no gap."""

    def __init__(self, rows: dict[str, Series]) -> None:
        self._rows = rows

    def take(self, form: NumberForm, prefix: str) -> str:
        """The next number. Conflict: the series is full."""
        row = self._rows[prefix]
        if row.last >= form.most:
            raise Conflict(
                f"编号 {prefix} 的 {form.most} 个流水号已用完。",
                f"All {form.most} serial numbers after {prefix} are taken.",
            )
        row.last += 1
        return form.number(prefix, row.last)

    def save(self) -> None:
        for row in self._rows.values():
            row.save(update_fields=["last"])


def hold_series(prefixes: Collection[str]) -> HeldSeries:
    """The series of these prefixes, begun where there is none yet. Locked in the order of their
    prefixes: two who need the same ones do not wait for each other in a ring."""
    wanted = sorted(set(prefixes))
    missing = set(wanted) - set(
        Series.objects.filter(prefix__in=wanted).values_list("prefix", flat=True)
    )
    Series.objects.bulk_create(
        [Series(prefix=prefix) for prefix in sorted(missing)], ignore_conflicts=True
    )
    found = hold_rows(Series.objects.filter(prefix__in=wanted).order_by("prefix"))
    return HeldSeries({row.prefix: row for row in found})
