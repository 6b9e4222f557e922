"""Answers kept for idempotency keys are forgotten when their time is over."""

from __future__ import annotations

from django.utils import timezone

from craftpath.api.models import Answered
from craftpath.api.once import KEPT

__all__ = ["forget_answers"]


def forget_answers() -> int:
    """Delete what is older than `once.KEPT`; returns how many. Nothing of it is for the audit: what
    was done stands there already."""
    deleted, _ = Answered.objects.filter(at__lte=timezone.now() - KEPT).delete()
    return deleted
