from __future__ import annotations

from django.urls import path

from craftpath.web.pages.duplicates.compare import compare, decide
from craftpath.web.pages.duplicates.listed import pairs, undo

urlpatterns = [
    path("", pairs, name="duplicates"),
    path("<int:left>/<int:right>/", compare, name="duplicate"),
    path("<int:left>/<int:right>/decide/", decide, name="duplicate-decide"),
    path("merges/<int:number>/undo/", undo, name="merge-undo"),
]
