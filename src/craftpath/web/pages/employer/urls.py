from __future__ import annotations

from django.urls import path

from craftpath.web.pages.employer.applications import (
    application,
    applications,
    document,
    hand_in,
    take_back,
    upload,
)
from craftpath.web.pages.employer.programmes import choose, ourselves, programmes
from craftpath.web.pages.employer.quarter import download, quarter_page
from craftpath.web.pages.employer.staff import joins, leaves, level, person, staff

urlpatterns = [
    path("", staff, name="staff"),
    path("new/", joins, name="staff-new"),
    path("quarter/", quarter_page, name="staff-quarter"),
    path("quarter/download/", download, name="staff-quarter-download"),
    path("programmes/", programmes, name="staff-programmes"),
    path("programmes/<slug:slug>/", choose, name="staff-choose"),
    path("programmes/<slug:slug>/ourselves/", ourselves, name="staff-ourselves"),
    path("applications/", applications, name="staff-applications"),
    path("applications/<str:serial>/", application, name="staff-application"),
    path("applications/<str:serial>/document/", upload, name="staff-upload"),
    path("applications/<str:serial>/submit/", hand_in, name="staff-submit"),
    path("applications/<str:serial>/withdraw/", take_back, name="staff-withdraw"),
    path("documents/<int:document_id>/", document, name="staff-document"),
    path("<int:party_id>/", person, name="staff-person"),
    path("<int:party_id>/level/", level, name="staff-level"),
    path("<int:party_id>/leaves/", leaves, name="staff-leaves"),
]
