from __future__ import annotations

import hashlib
import io
import struct
import zipfile
import zlib
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from craftpath.access.errors import Conflict, Invalid, NotThere, TooMuch
from craftpath.engine.rules import Label
from craftpath.programmes.actions import documents
from craftpath.programmes.actions.applications import start, submit
from craftpath.programmes.actions.documents import add_document, open_document
from craftpath.programmes.actions.reviews import review
from craftpath.programmes.models import Application, Document
from craftpath.programmes.papers import LARGEST, Paper, clean_name, read_paper
from tests.apps.city import City
from tests.apps.programmes.conftest import make_programme

PDF = b"%PDF-1.4\n1 0 obj <</Type /Catalog>> endobj\ntrailer <</Root 1 0 R>>\n%%EOF\n"
ASKED = [{"id": "contract", "zh": "劳动合同", "en": "contract", "required": True}]


def chunk(kind: bytes, data: bytes) -> bytes:
    body = kind + data
    return struct.pack(">I", len(data)) + body + struct.pack(">I", zlib.crc32(body))


def png(wide: int = 1, high: int = 1, more: bytes = b"") -> bytes:
    header = chunk(b"IHDR", struct.pack(">IIBBBBB", wide, high, 8, 0, 0, 0, 0))
    picture = chunk(b"IDAT", zlib.compress(b"\0\0"))
    return b"\x89PNG\r\n\x1a\n" + header + more + picture + chunk(b"IEND", b"")


def jpeg(wide: int = 1, high: int = 1) -> bytes:
    size = struct.pack(">BHHB", 8, high, wide, 1) + b"\1\x11\0"
    frame = b"\xff\xc0" + struct.pack(">H", 2 + len(size)) + size
    scan = b"\xff\xda\0\x08\1\1\0\0\x3f\0" + b"\x12\xff\x00\x34\xff\xd0\x56"
    return b"\xff\xd8\xff\xe0\0\x04ab" + frame + scan + b"\xff\xd9"


def archive() -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as file:
        file.writestr("run.sh", "echo")
    return packed.getvalue()


def pdf_with(stream: bytes) -> bytes:
    return PDF.replace(
        b"trailer", b"2 0 obj <<>> stream\n" + stream + b"\nendstream endobj\ntrailer"
    )


def upload(content: bytes, name: str = "合同.pdf") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)


def draft(city: City, **said: object) -> Application:
    slug = make_programme(**{"documents": ASKED, "steps": (("grassroots", 5),), **said}).slug
    return start(city.actor("worker"), slug)


def files(settings) -> list[Path]:
    return [p for p in Path(settings.MEDIA_ROOT).rglob("*") if p.is_file()]


@pytest.fixture(autouse=True)
def folder(settings, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path


# --- what is taken -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("content", "ending"), [(PDF, "pdf"), (png(), "png"), (jpeg(), "jpg"), (pdf_with(b"x"), "pdf")]
)
def test_takes_what_it_is_by_its_content(content: bytes, ending: str) -> None:
    found = read_paper(content)
    assert isinstance(found, Paper)
    assert (found.ending, found.content) == (ending, content)


def stored(content: bytes) -> bytes:
    """As a deflated stream may hold it: not deflated at all."""
    size = len(content)
    return b"\0" + size.to_bytes(2, "little") + (size ^ 0xFFFF).to_bytes(2, "little") + content


def nested(count: int) -> bytes:
    """Streams that begin within each other, and hold next to nothing to the end of the file: each
    by itself is little to unpack, all of them took a minute."""
    begin = b"stream\n\x78\x9c"
    return PDF[:-6] + begin + stored(begin) * count + stored(b"") * (1 << 20) + PDF[-6:]


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (nested(1000), "unpacks"),
        (b"MZ\x90\0", "Only PDF"),
        (archive(), "Only PDF"),
        (b"<html><script>", "Only PDF"),
        (b" " + PDF, "Only PDF"),
        (b"", "Only PDF"),
        (PDF + archive(), "another file"),
        (png() + archive(), "another file"),
        (jpeg() + archive(), "another file"),
        (PDF + b"<script>alert(1)</script>", "another file"),
        (PDF.replace(b"/Type", b"/OpenAction <</S /JavaScript>> /Type"), "scripts"),
        (PDF.replace(b"/Type", b"/S /J#61vaScript /Type"), "scripts"),
        (pdf_with(zlib.compress(b"<</S /Launch>>")), "scripts"),
        (pdf_with(zlib.compress(b" " * (300 << 20), 9)), "unpacks"),
        (png(100_000, 100_000), "unpacks"),
        (jpeg(60_000, 60_000), "unpacks"),
        (png(more=chunk(b"zTXt", b"a\0\0" + zlib.compress(b" " * (300 << 20), 9))), "unpacks"),
        (png()[:-4], "damaged"),
        (png().replace(b"IHDR", b"IHDX"), "damaged"),
        (jpeg()[:-2], "damaged"),
        (PDF[:-7], "damaged"),
    ],
)
def test_refuses_what_is_anything_else(content: bytes, why: str) -> None:
    found = read_paper(content)
    assert isinstance(found, Label)
    assert why in found.en


def test_cuts_off_what_follows_a_picture() -> None:
    for picture in (png(), jpeg()):
        found = read_paper(picture + b"<?php film ?>")
        assert isinstance(found, Paper)
        assert found.content == picture


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("合同.pdf", "合同.png"),
        ("../../etc/passwd", "passwd.png"),
        ("C:\\papers\\a.exe", "a.png"),
        ("invoice\u202egpj.exe", "invoicegpj.png"),
        ("a\0b\n.pdf", "ab.png"),
        ("...", "document.png"),
        ("x" * 300, "x" * 100 + ".png"),
    ],
)
def test_keeps_a_clean_name_with_the_ending_of_its_content(name: str, shown: str) -> None:
    assert clean_name(name, "png") == shown


# --- how it is kept ------------------------------------------------------------------------------


def test_is_asked_for_before_it_is_handed_in(city: City) -> None:
    found = draft(city)
    with pytest.raises(Invalid, match="Upload “contract”"):
        submit(city.actor("worker"), found.serial)
    kept = add_document(city.actor("worker"), found.serial, "contract", upload(PDF))
    assert (kept.name, kept.sha256) == ("合同.pdf", hashlib.sha256(PDF).hexdigest())
    assert submit(city.actor("worker"), found.serial).state == "submitted"


def test_keeps_what_was_replaced(city: City) -> None:
    found = draft(city)
    first = add_document(city.actor("worker"), found.serial, "contract", upload(PDF))
    second = add_document(city.actor("worker"), found.serial, "contract", upload(png(), "b.png"))
    replaced = dict(Document.objects.values_list("pk", "replaced"))
    assert replaced == {first.pk: True, second.pk: False}


def test_starts_the_review_anew(city: City) -> None:
    found = draft(city, steps=(("grassroots", 5), ("city", 5)))
    add_document(city.actor("worker"), found.serial, "contract", upload(PDF))
    seen = submit(city.actor("worker"), found.serial)
    review(city.actor("town"), found.serial, seen_version=seen.version, verdict="pass")
    add_document(city.actor("worker"), found.serial, "contract", upload(png()))
    found.refresh_from_db()
    assert (found.state, found.step, found.version) == ("submitted", 1, seen.version + 2)


def test_takes_ten_megabytes_and_no_more(city: City) -> None:
    found = draft(city)
    full = PDF.replace(b"trailer", b"%" + b"." * (LARGEST - len(PDF) - 2) + b"\ntrailer")
    assert len(full) == LARGEST
    with pytest.raises(TooMuch):
        add_document(city.actor("worker"), found.serial, "contract", upload(full + b"\n"))
    assert (
        add_document(city.actor("worker"), found.serial, "contract", upload(full)).size == LARGEST
    )


def test_leaves_no_file_behind_where_it_fails(city: City, settings, monkeypatch) -> None:
    found = draft(city)

    def fail(*_: object) -> None:
        raise Conflict("变了", "changed")

    with monkeypatch.context() as patched:
        patched.setattr(documents, "renew", fail)
        with pytest.raises(Conflict):
            add_document(city.actor("worker"), found.serial, "contract", upload(PDF))
    assert (files(settings), Document.objects.count()) == ([], 0)
    with pytest.raises(Invalid, match="does not ask"):
        add_document(city.actor("worker"), found.serial, "photo", upload(PDF))
    add_document(city.actor("worker"), found.serial, "contract", upload(PDF))
    assert len(files(settings)) == 1


def test_is_opened_by_who_may_see_the_application(city: City) -> None:
    found = draft(city)
    kept = add_document(city.actor("worker"), found.serial, "contract", upload(PDF))
    for who in ("colleague", "hr", "school", "other-city", "auditor"):
        with pytest.raises(NotThere):
            open_document(city.actor(who), kept.pk)
    with open_document(city.actor("worker"), kept.pk)[1] as file:
        assert file.read() == PDF
    with pytest.raises(NotThere):
        open_document(city.actor("province"), kept.pk + 1)
    submit(city.actor("worker"), found.serial)
    with open_document(city.actor("town"), kept.pk)[1] as file:
        assert file.read() == PDF
