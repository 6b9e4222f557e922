from __future__ import annotations

from django.apps import AppConfig


class CredentialsConfig(AppConfig):
    name = "craftpath.credentials"
    label = "credentials"
    verbose_name = "证书与凭证"

    def ready(self) -> None:
        from craftpath.credentials.actions.changes import follow_records
        from craftpath.credentials.taking_along import credentials_of, shares_of_holder
        from craftpath.programmes.actions.taking_along import take_along_too
        from craftpath.registry.following import follow

        follow(follow_records)
        take_along_too("credentials", credentials_of)
        take_along_too("shares", shares_of_holder)
