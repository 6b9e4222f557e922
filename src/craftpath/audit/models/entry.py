"""The audit log: who did what to what, when, from where and why."""

from __future__ import annotations

from typing import Any, ClassVar, NoReturn

from django.db import models

__all__ = ["Entry", "Head"]


class Entry(models.Model):
    """One thing done. Written once, by `audit.chain.append`, and never changed.

    number    1, 2, 3 … without a gap
    user      whose login; None for the site's own background work
    actor     the name and duty under which they acted, as it then was
    action    a name of the permission table: "application.submit"
    object    "application:17"; `party` the person or organisation it is about, if any
    origin    web, api, command or worker; `address` the network address it came from
    details   what was written, as plain data, without identity numbers
    digest    HMAC over this entry and `previous`, the digest before it
    """

    number = models.BigIntegerField(primary_key=True)
    at = models.DateTimeField()
    user = models.BigIntegerField(null=True)
    actor = models.CharField(max_length=200)
    action = models.CharField(max_length=60)
    object = models.CharField(max_length=80, blank=True)
    party = models.BigIntegerField(null=True)
    origin = models.CharField(max_length=12)
    address = models.CharField(max_length=45, blank=True)
    why = models.TextField(blank=True)
    details = models.JSONField(default=dict)
    previous = models.CharField(max_length=64)
    digest = models.CharField(max_length=64)

    class Meta:
        ordering: ClassVar = ["number"]
        indexes: ClassVar = [
            models.Index(fields=["object", "number"]),
            models.Index(fields=["party", "number"]),
            models.Index(fields=["user", "number"]),
            models.Index(fields=["action", "number"]),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.action} {self.object}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            raise TypeError("an audit entry is never changed")
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise TypeError("an audit entry is never deleted")


class Head(models.Model):
    """The last link: one row. Whoever appends holds its lock, so that the chain has no forks.

    seal  HMAC over number and digest: an end that was cut off cannot be sealed again
    """

    number = models.BigIntegerField(default=0)
    digest = models.CharField(max_length=64)
    seal = models.CharField(max_length=64)
