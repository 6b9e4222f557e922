from __future__ import annotations

from django.apps import AppConfig


class CredentialsConfig(AppConfig):
    name = "craftpath.credentials"
    label = "credentials"
    verbose_name = "证书与凭证"
