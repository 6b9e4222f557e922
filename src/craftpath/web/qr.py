"""QR codes on the screen: a picture in the page itself, as large as the page makes it."""

from __future__ import annotations

import segno

__all__ = ["qr_picture"]


def qr_picture(text: str) -> str:
    """A `data:` address of the code as SVG, dark on white, with its quiet zone."""
    # The mask is given: to find the best of eight takes longer than the rest of the page.
    code = segno.make(text, error="m", mask=3, micro=False, boost_error=False)
    return code.svg_data_uri(border=4, light="#fff", omitsize=True)
