"""Which database a lane runs on is what its name says."""

from __future__ import annotations

import os
from typing import Any

from django.core.management import call_command
from django.db import connection


def test_is_the_one_that_the_lane_asked_for():
    asked = os.environ.get("DATABASE_URL", "sqlite://")

    assert connection.vendor == ("postgresql" if asked.startswith("postgres") else "sqlite")


def test_has_a_migration_for_all_that_the_models_say(db: None, settings: Any) -> None:
    """The tests take their tables from the models; a site takes them from the migrations."""
    settings.MIGRATION_MODULES = {}

    call_command("makemigrations", check_changes=True, dry_run=True, verbosity=0)
