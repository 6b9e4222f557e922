from __future__ import annotations

from django.urls import path

from craftpath.web.pages.account.account import account, choose_duty
from craftpath.web.pages.account.tokens import tokens

urlpatterns = [
    path("", account, name="account"),
    path("duty/", choose_duty, name="account-duty"),
    path("tokens/", tokens, name="account-tokens"),
]
