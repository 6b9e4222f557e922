"""Which database a lane runs on is what its name says."""

from __future__ import annotations

import os

from django.db import connection


def test_is_the_one_that_the_lane_asked_for():
    asked = os.environ.get("DATABASE_URL", "sqlite://")

    assert connection.vendor == ("postgresql" if asked.startswith("postgres") else "sqlite")
