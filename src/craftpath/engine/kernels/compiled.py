"""How kernels are compiled.

`_nrt=False`: kernels only use arrays that their caller owns, so numba need not count references
to them; counting at every call would cost more than the work itself (measured: 70 % of the time).
A kernel can therefore not make arrays.

A call hands over every array as seven numbers and more, which for a small step on the way of
every record costs more than the step: such steps are compiled into their callers. For what is
called from one or two places only, since each place gets its own copy.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import numba as nb

from craftpath.engine.kernels.cache import keep

__all__ = ["entry", "inlined", "inlined_part", "kernel", "part"]

F = TypeVar("F", bound=Callable[..., Any])

_COMMON: dict[str, Any] = {"nogil": True, "_nrt": False, "error_model": "numpy"}
# Parts hand a whole program's tables along. The wrapper that would let Python call them takes
# longer to compile than they do themselves; without it, calling one from Python crashes.
_PART: dict[str, Any] = {**_COMMON, "no_cpython_wrapper": True, "no_cfunc_wrapper": True}


def entry(function: F) -> F:
    """What Python calls: kept on disk for the next run, with all that it calls."""
    compiled: F = keep(nb.njit(**_COMMON)(function))
    return compiled


def kernel(function: F) -> F:
    """A small function of its own, which tests may call from Python."""
    compiled: F = nb.njit(**_COMMON)(function)
    return compiled


def inlined(function: F) -> F:
    """The same, compiled into its callers."""
    compiled: F = nb.njit(forceinline=True, **_COMMON)(function)
    return compiled


def part(function: F) -> F:
    """A part of an entry; never called from Python."""
    compiled: F = nb.njit(**_PART)(function)
    return compiled


def inlined_part(function: F) -> F:
    """The same, compiled into its callers."""
    compiled: F = nb.njit(forceinline=True, **_PART)(function)
    return compiled
