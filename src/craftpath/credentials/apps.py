from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING, Any

from django.apps import AppConfig

if TYPE_CHECKING:
    from craftpath.access.roles import Actor


class CredentialsConfig(AppConfig):
    name = "craftpath.credentials"
    label = "credentials"
    verbose_name = "证书与凭证"

    def ready(self) -> None:
        from craftpath.programmes.taken_along import take_along_too
        from craftpath.registry.following import follow

        follow(_follow_records)
        take_along_too("credentials", _credentials_of)
        take_along_too("shares", _shares_of_holder)


# Each is imported when it is first called: what they rest on reads the engine, for which a command
# that asks nothing of it need not wait.


def _follow_records(actor: Actor, records: Collection[int], why: str) -> None:
    from craftpath.credentials.actions.changes import follow_records

    follow_records(actor, records, why)


def _credentials_of(parties: Sequence[int]) -> list[dict[str, Any]]:
    from craftpath.credentials.taking_along import credentials_of

    return credentials_of(parties)


def _shares_of_holder(parties: Sequence[int]) -> list[dict[str, Any]]:
    from craftpath.credentials.taking_along import shares_of_holder

    return shares_of_holder(parties)
