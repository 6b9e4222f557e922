"""Who issues, with which keys, under which numbers, and the lists that say what was taken back."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from craftpath.registry.models import Party

__all__ = ["Issuer", "IssuingKey", "Series", "StatusList"]


class Issuer(models.Model):
    """Who signs: an assessment body, or the office that gives out a card.

    party   the organisation; its name is the issuer's
    code    the body's code of 13 characters that numbers begin with (policy: the pack's
            `certificate_number`), assigned by the labour authority; "": it issues no certificates
    slug    its did:web is the site's address and /issuers/SLUG; never changed once there
    region  for whom it issues cards; officials whose region contains it act for it
    site    the site's address when it was registered, with which everything that it signs begins;
            "": of before it was kept, and nothing was signed yet
    """

    party = models.OneToOneField(Party, on_delete=models.PROTECT, related_name="issuer")
    code = models.CharField(max_length=13, blank=True)
    slug = models.SlugField(max_length=40, unique=True)
    region = models.CharField(max_length=12, db_index=True)
    site = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["code"], condition=~Q(code=""), name="one_body_of_a_code"
            )
        ]

    def __str__(self) -> str:
        return self.slug


class IssuingKey(models.Model):
    """One key of an issuer. Of its keys one signs; those retired still prove what they signed.

    fragment   its name in the issuer's DID document: "key-1"
    public     Multikey, "z6Mk…"
    sealed     the private key under the identity key; empty where `signer` keeps it elsewhere
    signer     dotted path of the class that signs with it
    since, until  days on which it signs, [since, until); None: still
    broken     the day from which nothing signed with it is believed (stolen); None: never
    """

    issuer = models.ForeignKey(Issuer, on_delete=models.PROTECT, related_name="keys")
    fragment = models.SlugField(max_length=40)
    public = models.CharField(max_length=120)
    sealed = models.BinaryField(blank=True)
    signer = models.CharField(max_length=120)
    since = models.DateField()
    until = models.DateField(null=True)
    broken = models.DateField(null=True)

    class Meta:
        ordering: ClassVar = ["issuer", "pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["issuer", "fragment"], name="one_key_of_a_name"),
            models.UniqueConstraint(
                fields=["issuer"], condition=Q(until__isnull=True), name="one_key_signs"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.issuer_id} {self.fragment}"


class Series(models.Model):
    """Consecutive numbers: of a body, a year and a level, or of an issuer's cards in a year.

    prefix  what the numbers have in common
    last    the last number given; raised under a row lock, in the transaction that uses it
    """

    prefix = models.CharField(max_length=40, unique=True)
    last = models.PositiveIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.prefix} {self.last}"


class StatusList(models.Model):
    """A Bitstring Status List of an issuer: one bit for each credential.

    taken   how many of its places are taken; `credentials.status` says which place is the next
    stride  an odd number drawn by chance: places are taken in an order that tells no dates
    document, made_at   the signed list as last published; made anew when a bit has changed
    """

    issuer = models.ForeignKey(Issuer, on_delete=models.PROTECT, related_name="lists")
    purpose = models.CharField(max_length=12)
    number = models.PositiveIntegerField()
    taken = models.PositiveIntegerField(default=0)
    stride = models.PositiveIntegerField()
    changed_at = models.DateTimeField()
    document = models.TextField(blank=True)
    made_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["issuer", "purpose", "number"], name="one_list_of_a_number"
            ),
            models.CheckConstraint(name="a_list_is_not_overfull", condition=Q(taken__lte=131_072)),
        ]

    def __str__(self) -> str:
        return f"{self.issuer_id} {self.purpose} {self.number}"
