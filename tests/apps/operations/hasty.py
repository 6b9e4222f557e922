"""The settings of a site that waits for a locked database for a fraction of a second."""

from __future__ import annotations

from craftpath.settings import *  # noqa: F403
from craftpath.settings import DATABASES

if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    DATABASES["default"]["OPTIONS"]["timeout"] = 0.2
