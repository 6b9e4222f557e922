from __future__ import annotations

from django.urls import path

from craftpath.web.pages.institution.editor import edit, set_up
from craftpath.web.pages.institution.hosted import (
    change_stage,
    hosted,
    programme,
    waiting,
)
from craftpath.web.pages.institution.people import people, person
from craftpath.web.pages.institution.reviews import application, document, queue
from craftpath.web.pages.institution.roll import bring_in, roll, sheet

urlpatterns = [
    path("", hosted, name="hosted"),
    path("people/", people, name="hosted-people"),
    path("people/<int:party_id>/", person, name="hosted-person"),
    path("new/", set_up, name="hosted-new"),
    path("reviews/", queue, name="hosted-reviews"),
    path("applications/<str:serial>/", application, name="hosted-application"),
    path("documents/<int:document_id>/", document, name="hosted-document"),
    path("programmes/<slug:slug>/", programme, name="hosted-programme"),
    path("programmes/<slug:slug>/edit/", edit, name="hosted-edit"),
    path("programmes/<slug:slug>/stage/", change_stage, name="hosted-stage"),
    path("programmes/<slug:slug>/waiting/", waiting, name="hosted-waiting"),
    path("programmes/<slug:slug>/roll/", roll, name="hosted-roll"),
    path("programmes/<slug:slug>/roll/sheet/", sheet, name="hosted-sheet"),
    path("programmes/<slug:slug>/roll/upload/", bring_in, name="hosted-marks"),
]
