"""craftpath 匠途: dated records in; the days on which somebody qualifies out, with reasons.

    import craftpath
    pack = craftpath.load_pack("guangdong")
    decisions = craftpath.decide(records, pack, as_of=date(2025, 6, 30))
    print(craftpath.explain(records, pack, party=7, as_of=date(2025, 6, 30)).text("zh"))

`records` is anything with the Arrow PyCapsule interface: pyarrow, Polars, pandas, DuckDB.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from craftpath.version import __version__

if TYPE_CHECKING:
    from craftpath.library import decide, explain, load_pack

__all__ = ["__version__", "decide", "explain", "load_pack"]


def __getattr__(name: str) -> Any:
    # Imported when used: the command line answers `--help` without the engine.
    if name in __all__:
        from craftpath import library

        return getattr(library, name)
    raise AttributeError(f"module 'craftpath' has no attribute {name!r}")
