"""`python -m django forget_answers`: to be run once a day."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from craftpath.api.actions.answers import forget_answers

__all__ = ["Command"]


class Command(BaseCommand):
    help = "删除过期的幂等答复 / delete answers whose idempotency keys are over"

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(str(forget_answers()))
