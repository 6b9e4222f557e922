"""Writes that were answered already."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from craftpath.api.models.token import Token

__all__ = ["Answered"]


class Answered(models.Model):
    """The answer to a write that carried an idempotency key: sent again, it is answered from here.

    request  SHA-256 of method, path and body: the same key with another request is refused
    status   of the answer; None while the first request is still at work
    """

    token = models.ForeignKey(Token, on_delete=models.CASCADE, related_name="answered")
    key = models.CharField(max_length=80)
    request = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField(null=True)
    body = models.TextField(blank=True)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["token", "key"], name="one_answer_for_a_key")
        ]

    def __str__(self) -> str:
        return f"answer {self.pk}"
