"""Which region lies within which, by the codes of GB/T 2260 and the towns below them.

440000 is all of 44…, 441900 all of 4419…, 440112 a district, 441900101 a town.
"""

from __future__ import annotations

from django.db.models import Q

__all__ = ["contains", "prefix", "within"]


def prefix(code: str) -> str:
    """The digits that every region within begins with: "441900" → "4419"."""
    if len(code) != 6:
        return code
    while len(code) > 2 and code.endswith("00"):
        code = code[:-2]
    return code


def contains(outer: str, inner: str) -> bool:
    """Whether `inner` is `outer` or lies within it. Nothing contains "", and "" nothing."""
    return bool(outer) and inner.startswith(prefix(outer))


def within(outer: str, field: str = "region") -> Q:
    """Rows whose `field` lies within a region. A range, not LIKE: both databases use the index."""
    first = prefix(outer)
    if not first:
        return Q(pk__in=[])
    # ":" is the character after "9".
    return Q(**{f"{field}__gte": first, f"{field}__lt": first + ":"})
