from __future__ import annotations

from django.apps import AppConfig


class CredentialsConfig(AppConfig):
    name = "craftpath.credentials"
    label = "credentials"
    verbose_name = "证书与凭证"

    def ready(self) -> None:
        from craftpath.credentials.actions.changes import follow_records
        from craftpath.registry.following import follow

        follow(follow_records)
