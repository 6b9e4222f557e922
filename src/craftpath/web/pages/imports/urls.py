from __future__ import annotations

from django.urls import path

from craftpath.web.pages.imports.batch import batch, commit, on, progress, rejects, undo
from craftpath.web.pages.imports.new import batches, new, template

urlpatterns = [
    path("", batches, name="imports"),
    path("new/<slug:sort>/", new, name="import-new"),
    path("template/<slug:sort>.xlsx", template, name="import-template"),
    path("<int:number>/", batch, name="import-batch"),
    path("<int:number>/progress/", progress, name="import-progress"),
    path("<int:number>/rejects.xlsx", rejects, name="import-rejects"),
    path("<int:number>/commit/", commit, name="import-commit"),
    path("<int:number>/go-on/", on, name="import-go-on"),
    path("<int:number>/undo/", undo, name="import-undo"),
]
