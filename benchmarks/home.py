"""A site of its own for a benchmark: settings as a new site has them, and a folder for them."""

from __future__ import annotations

import os
from pathlib import Path

DAY = "2025-08-27"


def site(home: Path, url: str = "") -> None:
    """Django, set up on a database in `home`, or on that of `url`; work is done at once.

    Officials need no second factor here: nobody is there to show one.
    """
    home.mkdir(parents=True, exist_ok=True)
    os.environ |= {
        "CRAFTPATH_HOME": str(home),
        "CRAFTPATH_TODAY": DAY,
        "CRAFTPATH_SECOND_FACTOR": "off",
        "DATABASE_URL": url or f"sqlite:///{home / 'bench.sqlite3'}",
        "DJANGO_SETTINGS_MODULE": "craftpath.settings",
    }
    import django
    from django.conf import settings

    settings.TASKS = {"default": {"BACKEND": "django_tasks.backends.immediate.ImmediateBackend"}}
    django.setup()


def empty_database(home: Path, name: str) -> None:
    """A new SQLite file beside the others."""
    from django.core.management import call_command
    from django.db import connection

    connection.close()
    connection.settings_dict["NAME"] = str(home / f"{name}.sqlite3")
    call_command("migrate", verbosity=0)
