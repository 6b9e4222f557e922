"""What the site has to tell a party."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from craftpath.registry.models.party import Party

__all__ = ["Message"]


class Message(models.Model):
    """A line for a party's own page: a file returned, a place that became free.

    link  a path of this site
    """

    party = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="messages")
    zh = models.CharField(max_length=300)
    en = models.CharField(max_length=400)
    link = models.CharField(max_length=200, blank=True)
    at = models.DateTimeField(auto_now_add=True)
    read_at = models.DateTimeField(null=True)

    class Meta:
        ordering: ClassVar = ["-pk"]
        indexes: ClassVar = [models.Index(fields=["party", "read_at"])]

    def __str__(self) -> str:
        return f"message {self.pk}"
