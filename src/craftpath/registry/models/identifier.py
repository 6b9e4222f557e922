"""The numbers by which the world knows a party."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from craftpath.registry.models.party import Party

__all__ = ["Identifier"]


class Identifier(models.Model):
    """An identity number, sealed. `registry.identity` seals, opens and searches.

    sealed  AES-256-GCM under the identity key: only `identity.open_number` reads it
    digest  keyed hash of scheme and number: equal numbers have equal digests, and who has the
            database alone can neither read a number nor test a guess
    masked  what may be shown: 4419**********34
    """

    class Scheme(models.TextChoices):
        RIC = "ric", "公民身份号码"
        PASSPORT = "passport", "护照"
        HK_MACAO = "hk-macao", "港澳居民来往内地通行证"
        TAIWAN = "taiwan", "台湾居民来往大陆通行证"
        PERMIT = "permit", "外国人永久居留身份证"
        USCC = "uscc", "统一社会信用代码"

    party = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="identifiers")
    scheme = models.CharField(max_length=12, choices=Scheme.choices)
    sealed = models.BinaryField()
    digest = models.CharField(max_length=64)
    masked = models.CharField(max_length=40)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["digest"], name="one_party_per_number")
        ]

    def __str__(self) -> str:
        return f"{self.scheme} {self.masked}"
