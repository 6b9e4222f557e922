"""How kernels are compiled.

`_nrt=False`: kernels only use arrays that their caller owns, so numba need not count references
to them; counting at every call would cost more than the work itself (measured: 70 % of the time).
A kernel can therefore not make arrays.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import numba as nb

__all__ = ["entry", "inlined", "kernel"]

F = TypeVar("F", bound=Callable[..., Any])

_COMMON: dict[str, Any] = {"nogil": True, "_nrt": False, "error_model": "numpy"}
_INNER: dict[str, Any] = {**_COMMON, "no_cpython_wrapper": True, "no_cfunc_wrapper": True}


def entry(function: F) -> F:
    """A kernel that Python calls: kept on disk for the next run, with all that it calls."""
    compiled: F = nb.njit(cache=True, **_COMMON)(function)
    return compiled


def kernel(function: F) -> F:
    """A kernel that only kernels call."""
    compiled: F = nb.njit(**_INNER)(function)
    return compiled


def inlined(function: F) -> F:
    """The same, always compiled into its caller.

    A call hands over every array as seven numbers and more, which for a small step on the way of
    every record costs more than the step. For what is called from one or two places only: each
    place gets its own copy, and compiling takes that much longer.
    """
    compiled: F = nb.njit(forceinline=True, **_INNER)(function)
    return compiled
