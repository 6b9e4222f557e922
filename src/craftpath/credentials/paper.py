"""Certificates and cards on paper: PDF by Typst, with the Chinese fonts of a package.

One page on demand is PDF/A-2a. A run of thousands is laid out in parts of 500 pages, each in a
process of its own so that memory stays bounded, and joined. A character that no font has is
printed as a box, and the page says which one it stands for: the name in the signed document and
on the public page is the true one.
"""

from __future__ import annotations

import io
import json
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterable, Sequence
from itertools import islice
from pathlib import Path
from typing import Any

import segno
from pypdf import PdfWriter

from craftpath.access.errors import Conflict
from craftpath.credentials import press
from craftpath.credentials.addresses import site, token_address
from craftpath.credentials.choices import STANDINGS, Sort, Standing
from craftpath.credentials.facts import certificates
from craftpath.credentials.fit_address import require_fit_address
from craftpath.credentials.fonts import fitting, missing_characters, shown
from craftpath.credentials.models import Credential
from craftpath.pack.certificates import Paper

__all__ = ["pdf_of", "pdf_of_run", "png_of"]

#: Pages to a part.
PART = 500
#: A seventh of the code may be worn or stained (level M).
_ERROR = "m"
#: The standard chooses the best of eight masks, which takes longer than the rest of the page; every
#: reader takes any.
_MASK = 3
_PRINTABLE = (Standing.ISSUED, Standing.RESUMED)

#: Room for a fact, for the name and for the card's title, in mm, as the templates have it; and the
#: largest size of each in points.
_ROOM = {Sort.CERTIFICATE: (141.0, 141.0, 0.0), Sort.CARD: (38.0, 52.0, 76.0)}
_SIZE = {Sort.CERTIFICATE: (13.0, 25.0, 0.0), Sort.CARD: (6.75, 13.0, 12.0)}


def pdf_of(credential: Credential) -> bytes:
    """One page, PDF/A-2a. Conflict: it is not signed yet, or suspended, revoked or replaced, or the
    site's address is not fit."""
    return press.pdf(credential.sort, _inputs([credential]))


def png_of(credential: Credential, ppi: float = 96) -> bytes:
    """The page as a picture. Refuses as `pdf_of` does."""
    return press.png(credential.sort, _inputs([credential]), ppi)


def pdf_of_run(
    credentials: Iterable[Credential], out: Path, progress: Callable[[int], None] = lambda _: None
) -> int:
    """Write one PDF of as many pages; how many. `progress` is told after each part.

    Refuses as `pdf_of` does. RuntimeError: a part could not be laid out.
    """
    waiting, pages = iter(credentials), 0
    joined = PdfWriter()
    with tempfile.TemporaryDirectory(prefix="craftpath-print-") as folder:
        while some := list(islice(waiting, PART)):
            joined.append(io.BytesIO(_part(some, Path(folder))))
            pages += len(some)
            progress(pages)
    # Parts have fonts and frames in common; each is kept once.
    joined.compress_identical_objects()
    joined.write(out)
    return pages


def _part(some: Sequence[Credential], folder: Path) -> bytes:
    said, made = folder / "part.json", folder / "part.pdf"
    told = {"template": some[0].sort, "inputs": _inputs(some)}
    said.write_text(json.dumps(told, ensure_ascii=False), "utf-8")
    command = [sys.executable, "-m", "craftpath.credentials.press", str(said), str(made)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"the pages could not be laid out: {done.stderr[-500:]}")
    return made.read_bytes()


def _inputs(credentials: Sequence[Credential]) -> dict[str, str]:
    """What the templates read; texts all of them."""
    require_fit_address()
    first = credentials[0]
    title = certificates().papers[first.sort].title
    return {
        "pages": json.dumps([_page(one) for one in credentials], ensure_ascii=False),
        "title": json.dumps({"zh": title.zh, "en": title.en}, ensure_ascii=False),
        "day": json.dumps([first.issued.year, first.issued.month, first.issued.day]),
        "site": site(),
    }


def _page(one: Credential) -> dict[str, Any]:
    if one.standing not in _PRINTABLE:
        label = STANDINGS[Standing(one.standing)]
        raise Conflict(
            f"编号 {one.number} 现为“{label.zh}”，不再打印。",
            f"Number {one.number} is {label.en} and is not printed any more.",
        )
    if not one.token:
        raise Conflict(
            f"编号 {one.number} 尚未签名，请稍后再试。",
            f"Number {one.number} is not signed yet; try again in a moment.",
        )
    sort, paper = Sort(one.sort), certificates().papers[one.sort]
    (room, name_room, title_room), (size, name_size, title_size) = _ROOM[sort], _SIZE[sort]
    name, name_en = shown(one.name), shown(one.name_en)
    address = token_address(one.token)
    rare = [f"U+{ord(char):04X}" for char in missing_characters(one.name + one.name_en)]
    return {
        "name": [name, fitting(name, name_room, name_size, name_size / 3)],
        "name_en": [name_en, fitting(name_en, name_room, name_size * 0.4, 3, sans=True)],
        "name_label": [paper.label("name").zh, paper.label("name").en],
        "facts": [
            _line(
                fact, paper, *((title_room, title_size) if fact["key"] == "card" else (room, size))
            )
            for fact in one.printed
        ],
        "rare": rare,
        "address": address,
        "qr": _qr(address),
    }


def _line(fact: dict[str, str], paper: Paper, room: float, size: float) -> dict[str, Any]:
    label, zh, en = paper.label(fact["key"]), shown(fact["zh"]), shown(fact["en"])
    return {
        "key": fact["key"],
        "label": [label.zh, label.en],
        "zh": [zh, fitting(zh, room, size, size / 2)],
        "en": [
            en,
            fitting(
                en, room, size * (0.42 if fact["key"] == "card" else 0.65), size / 3, sans=True
            ),
        ],
    }


def _qr(address: str) -> list[int]:
    """A picture of one pixel a module, as the bytes of a PNG."""
    out = io.BytesIO()
    made = segno.make(address, error=_ERROR, boost_error=False, micro=False, mask=_MASK)
    made.save(out, kind="png", border=0)
    return list(out.getvalue())
