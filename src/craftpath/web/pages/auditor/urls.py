from __future__ import annotations

from django.urls import path

from craftpath.web.pages.auditor.log import audit, audit_verify

urlpatterns = [
    path("", audit, name="audit"),
    path("verify/", audit_verify, name="audit-verify"),
]
