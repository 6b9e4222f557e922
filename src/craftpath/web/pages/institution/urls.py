"""What an institution hosts and assesses, under /hosted/."""

from __future__ import annotations

from django.urls import path

from craftpath.web.pages.institution import (
    appeals,
    attendance,
    part_marks,
    rooms,
    seating,
    sessions,
    sittings,
)
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

_SITTING = "programmes/<slug:slug>/sitting/"

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
    path("filings/", rooms.filings, name="hosted-filings"),
    path("rooms/", rooms.rooms, name="hosted-rooms"),
    path("rooms/<int:room_id>/", rooms.room, name="hosted-room"),
    path(_SITTING, sittings.sitting, name="hosted-sitting"),
    path(_SITTING + "sessions/", sessions.sessions, name="hosted-sessions"),
    path("sessions/<int:session_id>/", sessions.session, name="hosted-session"),
    path("sessions/<int:session_id>/roll/", attendance.session_roll, name="hosted-session-roll"),
    path(_SITTING + "seats/", seating.seats, name="hosted-seats"),
    path(_SITTING + "doors/", seating.doors, name="hosted-doors"),
    path(_SITTING + "sign-in/", seating.sign_in, name="hosted-sign-in"),
    path(_SITTING + "tickets/", seating.tickets, name="hosted-tickets"),
    path(_SITTING + "marks/", part_marks.marks, name="hosted-part-marks"),
    path(_SITTING + "marks/sheet/", part_marks.sheet, name="hosted-part-sheet"),
    path(_SITTING + "marks/upload/", part_marks.bring_in, name="hosted-part-upload"),
    path(_SITTING + "marks/sheets/<str:sha256>/", part_marks.confirm, name="hosted-part-confirm"),
    path(_SITTING + "marks/compare/", part_marks.compare, name="hosted-compare"),
    path(_SITTING + "publish/", sittings.results, name="hosted-publish"),
    path(_SITTING + "appeals/", appeals.appeals, name="hosted-appeals"),
    path(_SITTING + "archive/", sittings.put_away, name="hosted-archive"),
]
