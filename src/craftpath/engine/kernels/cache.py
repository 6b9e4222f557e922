"""Where compiled kernels are kept for the next run: by what they say, not by where they lie.

numba keeps a function by the path of its file, so that every clone and every environment compiles
the same text anew, for a minute; and it looks at that one file, so that a change of a helper in
another goes unseen. Here the folder is named after the text of every kernel and the version of
numba: whoever has the same text finds it compiled, and what changed is compiled anew.

The folder lies in NUMBA_CACHE_DIR, else in the user's own cache. Where it cannot be written, numba
keeps them beside the source; where that cannot be written either, it starts with a RuntimeError.
"""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

import numba as nb
from numba.core import caching, config
from numba.misc.appdirs import AppDirs

__all__ = ["TEXTS", "ByText", "keep", "kernels_folder", "kernels_text"]

F = TypeVar("F")

_SOURCE = Path(__file__).parents[2]
#: All that a kernel may take a helper or a constant from.
TEXTS = (
    "engine/kernels/*.py",
    "engine/columns.py",
    "engine/days.py",
    "evidence/check_kernel.py",
    "evidence/reasons.py",
)


def keep(dispatcher: F) -> F:
    """Keep what this function compiles to; the same function, for a decorator's last step."""
    held: Any = dispatcher
    held._cache = _Cache(held.py_func)
    return dispatcher


@cache
def kernels_text() -> str:
    """What the kernels say and what compiles them, as 16 hexadecimal digits."""
    found = hashlib.sha256(nb.__version__.encode())
    for pattern in TEXTS:
        for file in sorted(_SOURCE.glob(pattern)):
            found.update(f"\n{file.name}\n".encode() + file.read_bytes())
    return found.hexdigest()[:16]


def kernels_folder() -> Path:
    given = config.CACHE_DIR  # type: ignore[attr-defined]  # NUMBA_CACHE_DIR
    home = given or AppDirs(appname="craftpath", appauthor=False).user_cache_dir
    return Path(home) / f"kernels-{kernels_text()}"


class ByText(caching.UserProvidedCacheLocator):  # type: ignore[misc]
    """A folder for each text of the kernels; two functions of one name lie on different lines."""

    def __init__(self, py_func: Any, py_file: str) -> None:
        super().__init__(py_func, py_file)
        self._cache_path = str(kernels_folder())

    @classmethod
    def from_function(cls, py_func: Any, py_file: str) -> ByText | None:
        locator = cls(py_func, py_file)
        try:
            locator.ensure_cache_path()
        except OSError:
            return None
        return locator

    def get_source_stamp(self) -> str:
        return kernels_text()


class _Impl(caching.CompileResultCacheImpl):  # type: ignore[misc]
    _locator_classes = [ByText, *caching.CacheImpl._locator_classes]  # noqa: RUF012


class _Cache(caching.FunctionCache):  # type: ignore[misc]
    _impl_class = _Impl
