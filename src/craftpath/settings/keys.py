"""Where the site's keys come from: the environment, else a file that is made once.

Three keys, so that one can be changed without the others:

    CRAFTPATH_SECRET_KEY     signs sessions and forms; a new one logs everybody out
    CRAFTPATH_IDENTITY_KEY   seals identity numbers and makes them searchable; never lose it
    CRAFTPATH_AUDIT_KEY      binds the audit chain; who has only the database cannot forge it

Where they are not in the environment they lie in `keys.json` in the data folder, readable by its
owner alone.
"""

from __future__ import annotations

import json
import os
import secrets
from pathlib import Path

__all__ = ["NAMES", "read_keys"]

NAMES = ("CRAFTPATH_SECRET_KEY", "CRAFTPATH_IDENTITY_KEY", "CRAFTPATH_AUDIT_KEY")


def read_keys(home: Path) -> dict[str, str]:
    """The three keys by name. Makes the file where a key is missing and there is none yet."""
    given = {name: os.environ[name] for name in NAMES if os.environ.get(name)}
    if len(given) == len(NAMES):
        return given
    path = home / "keys.json"
    if not path.exists():
        _make(path)
    kept: dict[str, str] = json.loads(path.read_text(encoding="utf-8"))
    return kept | given


def _make(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    text = json.dumps({name: secrets.token_urlsafe(48) for name in NAMES}, indent=2)
    # Written whole beside its place and linked into it: two processes that start together
    # end with one file, and neither reads half of it.
    draft = path.with_name(f"{path.name}.{os.getpid()}")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(text)
    try:
        os.link(draft, path)
    except FileExistsError:
        pass
    finally:
        draft.unlink()
