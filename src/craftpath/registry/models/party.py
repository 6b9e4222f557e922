"""Whoever records are about."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, ClassVar

from django.db import models

from craftpath.registry.names import keys_of

__all__ = ["Party"]


class Parties(models.QuerySet["Party"]):
    """Parties, which have their keys however they are written."""

    def bulk_create(self, objs: Iterable[Party], *args: Any, **said: Any) -> list[Party]:
        parties = list(objs)
        for party in parties:
            party.put_keys()
        return super().bulk_create(parties, *args, **said)


class Party(models.Model):
    """A person or an organisation.

    region       where they are now, as a code: workplace, else residence (a person), registered
                 address (an organisation). Kept by the actions that write records; it says which
                 official may see them.
    former       names that it bore before, as typed: it is found by them
    keys         what all its names come to (`registry.names`), a line each, those of whoever was
                 merged into it among them; kept by whatever saves a party
    merged_into  the party that this one turned out to be. Its records stay its own, and are read
                 as that party's; taking the pointer away undoes the merge.
    """

    class Nature(models.TextChoices):
        PERSON = "person", "个人"
        ORGANISATION = "organisation", "单位"

    nature = models.CharField(max_length=12, choices=Nature.choices)
    name = models.CharField(max_length=120)
    name_en = models.CharField(max_length=160, blank=True)
    former = models.JSONField(default=list)
    keys = models.TextField(blank=True)
    region = models.CharField(max_length=12, blank=True, db_index=True)
    merged_into = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, related_name="absorbed"
    )
    added_at = models.DateTimeField(auto_now_add=True)

    objects: ClassVar = Parties.as_manager()

    class Meta:
        indexes: ClassVar = [models.Index(fields=["nature", "name"])]
        constraints: ClassVar = [
            models.CheckConstraint(
                name="nobody_is_merged_into_themselves",
                condition=~models.Q(merged_into=models.F("id")),
            )
        ]

    def save(self, *args: Any, **said: Any) -> None:
        self.put_keys()
        if said.get("update_fields") is not None:
            said["update_fields"] = {*said["update_fields"], "keys"}
        super().save(*args, **said)

    def put_keys(self) -> None:
        names = [self.name, self.name_en, *self.former]
        if not self._state.adding:
            for name, name_en, former in Party.objects.filter(merged_into=self.pk).values_list(
                "name", "name_en", "former"
            ):
                names += [name, name_en, *former]
        self.keys = keys_of(names)

    def __str__(self) -> str:
        return f"{self.nature} {self.pk}"  # never the name: this lands in logs

    @property
    def is_person(self) -> bool:
        return self.nature == self.Nature.PERSON

    def shown(self, lang: str) -> str:
        return self.name_en or self.name if lang == "en" else self.name
