"""What lands in logs tells nobody who somebody is, and opens nothing."""

from __future__ import annotations

import logging

import pytest

from craftpath.access.masking import MaskFilter, mask_name, mask_text


@pytest.mark.parametrize(
    ("said", "logged"),
    [
        ("id 441900199205201225 asked", "id 4419************25 asked"),
        ("id 44190019920520122X asked", "id 4419************2X asked"),
        ("old id 441900920520122 asked", "old id 4419*********22 asked"),
        ("call 13800138000", "call *********00"),
        ("serial 2025000123", "serial 2025000123"),
        ("Too Many Requests: /s/h3Kx_9-PqLz1Zt7w", "Too Many Requests: /s/***"),
        ("/programmes/welder-4/", "/programmes/welder-4/"),
    ],
)
def test_masks_numbers_and_links_and_nothing_else(said: str, logged: str):
    assert mask_text(said) == logged


@pytest.mark.parametrize(
    ("name", "masked"), [("林晓", "林*"), ("王小明", "王*明"), ("Mary Smith", "M*** S****")]
)
def test_masks_a_name_but_for_its_ends(name: str, masked: str):
    assert mask_name(name) == masked


def test_masks_what_is_filled_in_and_what_failed():
    try:
        raise ValueError("441900199205201225")
    except ValueError as trouble:
        record = logging.LogRecord(
            "x", logging.ERROR, "", 1, "%s", ("13800138000",),
            (type(trouble), trouble, trouble.__traceback__),
        )  # fmt: skip
    assert MaskFilter().filter(record)
    assert record.getMessage() == "*********00"
    assert "4419************25" in (record.exc_text or "")
    assert "199205201225" not in (record.exc_text or "")
