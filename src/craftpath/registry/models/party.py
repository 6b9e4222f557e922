"""Whoever records are about."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

__all__ = ["Party"]


class Party(models.Model):
    """A person or an organisation.

    region       where they are now, as a code: workplace, else residence (a person), registered
                 address (an organisation). Kept by the actions that write records; it says which
                 official may see them.
    merged_into  the party that this one turned out to be. Its records stay its own, and are read
                 as that party's; taking the pointer away undoes the merge.
    """

    class Nature(models.TextChoices):
        PERSON = "person", "个人"
        ORGANISATION = "organisation", "单位"

    nature = models.CharField(max_length=12, choices=Nature.choices)
    name = models.CharField(max_length=120)
    name_en = models.CharField(max_length=160, blank=True)
    region = models.CharField(max_length=12, blank=True, db_index=True)
    merged_into = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, related_name="absorbed"
    )
    added_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["nature", "name"])]
        constraints: ClassVar = [
            models.CheckConstraint(
                name="nobody_is_merged_into_themselves",
                condition=~models.Q(merged_into=models.F("id")),
            )
        ]

    def __str__(self) -> str:
        return f"{self.nature} {self.pk}"  # never the name: this lands in logs

    @property
    def is_person(self) -> bool:
        return self.nature == self.Nature.PERSON

    def shown(self, lang: str) -> str:
        return self.name_en or self.name if lang == "en" else self.name
