"""Pictures, drawn anew: of a size that models read, without metadata, and without whatever else was in the file."""

from __future__ import annotations

import io
import warnings
from typing import Final

from PIL import Image, ImageOps

from builder.projects.attachments.reading.results import AttachmentReading, ReadingNote, Unreadable

LONGEST_SIDE: Final = 1568
"""Pixels; a larger picture is scaled down by the providers: platform.claude.com/docs/en/build-with-claude/vision."""
MOST_PIXELS: Final = 50_000_000
"""A telephone's picture has 12 to 50 million; four bytes each."""
_FORMATS: Final = ("PNG", "JPEG", "GIF", "WEBP")
_SMOOTH: Final = frozenset({"RGB", "RGBA", "L", "LA", "CMYK", "YCbCr"})  # modes whose pixels can be averaged
_MOST_PNG_BYTES: Final = 1024 * 1024  # a photograph as PNG is larger, and as JPEG a tenth of it


def looks_like_picture(data: bytes) -> bool:
    return data.startswith((b"\x89PNG\r\n", b"\xff\xd8\xff", b"GIF8")) or (
        data.startswith(b"RIFF") and data[8:12] == b"WEBP"
    )


def read_picture(data: bytes) -> AttachmentReading:
    """Raises Unreadable."""
    warnings.simplefilter("ignore", Image.DecompressionBombWarning)  # pixels are counted below
    try:
        with Image.open(io.BytesIO(data), formats=_FORMATS) as opened:
            if opened.width * opened.height > MOST_PIXELS:
                raise Unreadable("picture_large", f"{opened.width} × {opened.height}")
            frames = getattr(opened, "n_frames", 1)
            photograph = opened.format == "JPEG"
            mode = "RGBA" if opened.has_transparency_data else "RGB"
            drawn = opened if opened.mode in _SMOOTH else opened.convert(mode)
            drawn.thumbnail((LONGEST_SIDE, LONGEST_SIDE))  # in place, and first: every copy of a large one is 200 MB
            drawn = ImageOps.exif_transpose(drawn).convert(mode)
    except Unreadable:
        raise
    except Image.DecompressionBombError as error:
        raise Unreadable("picture_large", str(error)) from error
    except Exception as error:  # decoders raise whatever a damaged file makes them
        raise Unreadable("picture", repr(error)) from error
    plain = Image.new(drawn.mode, drawn.size)  # its `info`, which encoders write into the file, is empty
    plain.paste(drawn)
    notes = (ReadingNote("still"),) if frames > 1 else ()
    return AttachmentReading("picture", notes=notes, picture=_encoded(plain, photograph))


def _encoded(picture: Image.Image, photograph: bool) -> bytes:
    if not photograph:
        png = io.BytesIO()
        picture.save(png, "PNG")
        if png.tell() <= _MOST_PNG_BYTES:
            return png.getvalue()
    if picture.mode == "RGBA":
        ground = Image.new("RGB", picture.size, "white")
        ground.paste(picture, mask=picture)
        picture = ground
    jpeg = io.BytesIO()
    picture.save(jpeg, "JPEG", quality=88)
    return jpeg.getvalue()
