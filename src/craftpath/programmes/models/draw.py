"""A lottery that anyone can check."""

from __future__ import annotations

from django.db import models

from craftpath.programmes.models.programme import Programme

__all__ = ["Draw"]


class Draw(models.Model):
    """The lottery of a programme, step by step as `craftpath.allotment` lays down.

    commitment    of the seed, published before the window closes; `sealed_seed` is encrypted
                  under the identity key until the seed is revealed
    public_source what public value will be mixed in, named with the commitment; "": none.
                  `public_day`: the day on which it becomes known
    list          the entrants as published, canonical; `list_hash` its SHA-256
    document      the whole draw as published afterwards, to the byte, for `craftpath draw verify`
    """

    programme = models.OneToOneField(Programme, on_delete=models.PROTECT, related_name="draw")
    commitment = models.CharField(max_length=64)
    sealed_seed = models.BinaryField()
    committed_at = models.DateTimeField()
    public_source = models.CharField(max_length=200, blank=True)
    public_day = models.DateField(null=True)
    public_value = models.CharField(max_length=200, blank=True)
    list = models.TextField(blank=True)
    list_hash = models.CharField(max_length=64, blank=True)
    listed_at = models.DateTimeField(null=True)
    drawn_at = models.DateTimeField(null=True)
    document = models.TextField(blank=True, default="")

    def __str__(self) -> str:
        return f"draw of {self.programme_id}"
