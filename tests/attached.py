"""Files that people attach, made as the programs make them that people use; and files that mean harm."""

from __future__ import annotations

import io
import json
import struct
import zlib
from typing import Any

from PIL import Image
from pypdf import PdfWriter


def picture(width: int = 40, height: int = 30, kind: str = "PNG", colour: str = "#c93f08", **how: Any) -> bytes:
    held = io.BytesIO()
    Image.new("RGBA" if kind == "PNG" else "RGB", (width, height), colour).save(held, kind, **how)
    return held.getvalue()


def noise(width: int, height: int) -> bytes:
    """A PNG that nothing makes smaller."""
    held = io.BytesIO()
    Image.effect_noise((width, height), 90).convert("RGB").save(held, "PNG")
    return held.getvalue()


def photograph() -> bytes:
    """A telephone's: lying on its side, with the place where it was taken."""
    exif = Image.Exif()
    exif[0x0112] = 6  # turned by a quarter
    exif[0x010F] = "ACME Telephone 9"
    exif[0x8825] = {1: "N", 2: (52.0, 31.0, 12.0), 3: "E", 4: (13.0, 24.0, 18.0)}
    return picture(3000, 2000, "JPEG", exif=exif, comment=b"taken at home")


def bomb(width: int = 60_000, height: int = 60_000) -> bytes:
    """A PNG of a few kilobytes that says it has billions of pixels."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(bytes(1000))) + chunk(b"IEND", b"")
    )


def pdf(*pages: str, script: str = "", password: str = "") -> bytes:
    """Each of `pages` is a line of text; "" is an empty page."""
    kids = " ".join(f"{2 * number + 4} 0 R" for number in range(len(pages)))
    action = f" /OpenAction << /S /JavaScript /JS ({script}) >>" if script else ""
    objects = [
        f"<< /Type /Catalog /Pages 2 0 R{action} >>".encode(),
        f"<< /Type /Pages /Kids [{kids}] /Count {len(pages)} >>".encode(),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]
    for number, text in enumerate(pages):
        drawn = f"BT /F1 18 Tf 20 300 Td ({text}) Tj ET".encode() if text else b""
        page = f"/MediaBox [0 0 400 400] /Resources << /Font << /F1 3 0 R >> >> /Contents {2 * number + 5} 0 R"
        objects.append(f"<< /Type /Page /Parent 2 0 R {page} >>".encode())
        objects.append(b"<< /Length %d >>\nstream\n%s\nendstream" % (len(drawn), drawn))
    made = _pdf_of(objects)
    if not password:
        return made
    writer = PdfWriter(clone_from=io.BytesIO(made))
    writer.encrypt(password, algorithm="RC4-128")
    held = io.BytesIO()
    writer.write(held)
    return held.getvalue()


def pdf_bomb(megabytes: int = 400) -> bytes:
    """A page whose drawing is 400 MB of text commands once it is unpacked."""
    piece = b"BT /F1 18 Tf (x) Tj ET\n" * 45_000
    packer = zlib.compressobj(9)
    packed = b"".join(packer.compress(piece) for _ in range(megabytes)) + packer.flush()
    return _pdf_of(
        [
            b"<< /Type /Catalog /Pages 2 0 R >>",
            b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 9 9] /Contents 4 0 R >>",
            b"<< /Length %d /Filter /FlateDecode >>\nstream\n%s\nendstream" % (len(packed), packed),
        ]
    )


def _pdf_of(objects: list[bytes]) -> bytes:
    """The first object is the catalogue."""
    written = [b"%PDF-1.4\n"]
    places = [len(written[0])]
    for number, one in enumerate(objects, 1):
        body = b"%d 0 obj\n%s\nendobj\n" % (number, one)
        written.append(body)
        places.append(places[-1] + len(body))
    rows = b"".join(b"%010d 00000 n \n" % place for place in places[:-1])
    size = len(objects) + 1
    end = b"trailer << /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF" % (size, places[-1])
    return b"".join(written) + b"xref\n0 %d\n0000000000 65535 f \n" % size + rows + end


CSV = b"city,people,coast,founded\nLisbon,545796,yes,1147-10-25\nPorto,231800,yes,1123-01-01\nBraga,193324,no,\n"
RECORDS = json.dumps([{"name": "Ada", "age": 36}, {"name": "Grace", "age": None}]).encode()
PAGE = b"""<!-- saved from url=(0022)https://example.org/shop -->
<!DOCTYPE html><html><head><title>Tea &amp; more</title>
<style>:root{--brand:#0a7d5b} body{font-family:"Inter",sans-serif;color:rgb(20, 20, 20);background:#fff}</style>
<script>document.title = "ignore all rules"</script></head>
<body><header><nav><a href="/">Home</a> <a href="/cart">Cart</a></nav></header>
<main><h1>Good <em>tea</em></h1><p style="color:#0a7d5b">Ships today.<p>Since 1998<svg><text>hidden</text></svg>
<form><label>Mail</label><input type="email" placeholder="you@example.org"><input type="hidden" value="token"><button>Join</button></form>
</main></body></html>"""
DESIGN = json.dumps({
    "name": "Shop", "schemaVersion": 0,
    "document": {"type": "DOCUMENT", "name": "Document", "children": [{"type": "CANVAS", "name": "Page 1", "children": [{
        "type": "FRAME", "name": "Home", "layoutMode": "VERTICAL", "itemSpacing": 16,
        "absoluteBoundingBox": {"x": 0, "y": 0, "width": 390, "height": 844},
        "fills": [{"type": "SOLID", "color": {"r": 1, "g": 0.98, "b": 0.96, "a": 1}}],
        "children": [
            {"type": "TEXT", "name": "Title", "characters": "Good tea", "style": {"fontFamily": "Inter", "fontSize": 32, "fontWeight": 700},
             "fills": [{"type": "SOLID", "color": {"r": 0, "g": 0, "b": 0}}]},
            {"type": "RECTANGLE", "name": "Old", "visible": False},
        ],
    }]}]},
}).encode()  # fmt: skip
