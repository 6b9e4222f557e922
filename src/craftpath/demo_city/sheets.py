"""Sheets that were brought in: one written, one with rows to correct."""

from __future__ import annotations

from craftpath.demo_city.making import Making

__all__ = ["bring_sheets_in"]


def bring_sheets_in(making: Making) -> None:
    """Waits for `registry.actions.imports`."""
