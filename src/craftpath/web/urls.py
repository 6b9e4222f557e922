"""Every address of the site. Each role's pages are in a folder of their own."""

from __future__ import annotations

from django.urls import include, path

from craftpath.web.pages.account.application import application
from craftpath.web.pages.public.home import home, language, not_there

urlpatterns = [
    path("", home, name="home"),
    path("language/", language, name="language"),
    path("", include("craftpath.web.pages.public.urls")),
    path("applications/<str:serial>/", application, name="application"),
    path("me/", include("craftpath.web.pages.worker.urls")),
    path("staff/", include("craftpath.web.pages.employer.urls")),
    path("hosted/", include("craftpath.web.pages.institution.urls")),
    path("imports/", include("craftpath.web.pages.imports.urls")),
    path("issuing/", include("craftpath.web.pages.issuing.urls")),
    path("desk/duplicates/", include("craftpath.web.pages.duplicates.urls")),
    path("desk/", include("craftpath.web.pages.official.urls")),
    path("audit/", include("craftpath.web.pages.auditor.urls")),
    path("operations/", include("craftpath.web.pages.operator.urls")),
    path("account/", include("craftpath.web.pages.account.urls")),
    # Logins have no mail address: passwords are given anew by the operator, never by mail.
    path("account/email/", not_there),
    path("account/confirm-email/", not_there),
    path("account/confirm-email/<path:rest>", not_there),
    path("account/password/reset/", not_there),
    path("account/password/reset/<path:rest>", not_there),
    path("account/", include("allauth.urls")),
    path("api/", include("craftpath.api.urls")),
]
