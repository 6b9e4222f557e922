from __future__ import annotations

from craftpath.credentials.models.credential import Change, Credential, PrintRun
from craftpath.credentials.models.issuer import Issuer, IssuingKey, Series, StatusList
from craftpath.credentials.models.use import CardUse, Check, Share

__all__ = [
    "CardUse",
    "Change",
    "Check",
    "Credential",
    "Issuer",
    "IssuingKey",
    "PrintRun",
    "Series",
    "Share",
    "StatusList",
]
