"""Objections during the days of public notice."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models

from craftpath.programmes.models.application import Application
from craftpath.programmes.models.programme import Programme

__all__ = ["Objection"]


class Objection(models.Model):
    """Somebody objects to a programme's list, or to one application on it.

    contact  how to reach them, sealed: it is shown to the official who answers and nobody else
    upheld   None until answered
    remedy   what was done where it was upheld: "" where it was against no application and nothing
             on the list was wrong
    """

    class Remedy(models.TextChoices):
        CORRECT = "correct", "更正分数"
        STRIKE = "strike", "取消申请"

    programme = models.ForeignKey(Programme, on_delete=models.PROTECT, related_name="objections")
    application = models.ForeignKey(
        Application, on_delete=models.PROTECT, null=True, related_name="objections"
    )
    text = models.TextField()
    contact = models.BinaryField(blank=True)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    at = models.DateTimeField(auto_now_add=True)
    answer = models.TextField(blank=True)
    upheld = models.BooleanField(null=True)
    remedy = models.CharField(max_length=8, choices=Remedy.choices, blank=True)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    answered_at = models.DateTimeField(null=True)

    class Meta:
        ordering: ClassVar = ["-pk"]

    def __str__(self) -> str:
        return f"objection {self.pk}"
