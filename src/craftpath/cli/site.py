"""The door from the command to the site: Django is not imported before a command needs it."""

from __future__ import annotations

import os

__all__ = ["site"]


def site() -> None:
    """Make Django ready, with the site's settings unless the environment names others."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "craftpath.settings")
    import django

    django.setup()
