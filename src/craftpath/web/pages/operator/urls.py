from __future__ import annotations

from django.urls import path

from craftpath.web.pages.operator.accounts import account_new, accounts

urlpatterns = [
    path("accounts/", accounts, name="accounts"),
    path("accounts/new/", account_new, name="account-new"),
]
