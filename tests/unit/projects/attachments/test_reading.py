"""What is read of a file that somebody attaches: by its content, whatever it is called."""

from __future__ import annotations

import asyncio
import io
import json
from pathlib import Path

import pytest
from PIL import Image

from builder.base.errors import BadInput
from builder.projects.attachments.reader import FileReader
from builder.projects.attachments.reading.results import MOST_CHARACTERS, AttachmentReading, ReadingNote
from preview_runtime.file_tree import MAX_FILE_BYTES
from tests import attached


@pytest.fixture
def read(tmp_path: Path):
    async def one(data: bytes, name: str = "file", *, seconds: float = 30.0) -> AttachmentReading:
        path = tmp_path / "sent"
        path.write_bytes(data)
        return await FileReader(seconds=seconds).read(path, name)

    return one


@pytest.fixture
def refused(read):
    async def one(data: bytes, name: str = "file") -> str:
        with pytest.raises(BadInput) as caught:
            await read(data, name)
        assert f"“{name}”" in caught.value.message
        return caught.value.code.removeprefix("attachment_")

    return one


# Pictures


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "GIF", "WEBP"])
async def test_a_picture_is_one_whatever_it_is_called(read, kind: str) -> None:
    found = await read(attached.picture(kind=kind), "notes.txt")
    assert found.kind == "picture"
    with Image.open(io.BytesIO(found.picture)) as shown:
        assert (shown.size, shown.format) == ((40, 30), "JPEG" if kind == "JPEG" else "PNG")


async def test_a_photograph_stands_upright_in_a_size_that_models_read_and_says_nothing_of_its_place(read) -> None:
    sent = attached.photograph()
    assert b"ACME" in sent
    found = await read(sent, "IMG_1.jpg")
    with Image.open(io.BytesIO(found.picture)) as shown:
        assert shown.size == (1045, 1568)
        assert dict(shown.getexif()) == {}
        assert {"exif", "comment", "icc_profile"}.isdisjoint(shown.info)
    assert b"ACME" not in found.picture
    assert b"taken at home" not in found.picture


async def test_a_picture_that_png_makes_large_becomes_a_jpeg(read) -> None:
    found = await read(attached.noise(1500, 1200))
    assert found.picture.startswith(b"\xff\xd8")
    assert len(found.picture) < 3_000_000


async def test_what_hides_behind_a_picture_is_left_behind(read) -> None:
    found = await read(attached.picture() + b"<script>alert(1)</script>PK\x03\x04", "both.html")
    assert found.kind == "picture"
    assert b"script" not in found.picture


async def test_of_an_animation_the_first_picture_is_taken(read) -> None:
    held = io.BytesIO()
    frames = [Image.new("RGB", (20, 20), colour) for colour in ("red", "blue")]
    frames[0].save(held, "GIF", save_all=True, append_images=frames[1:])
    found = await read(held.getvalue())
    assert found.notes == (ReadingNote("still"),)


async def test_a_picture_of_billions_of_pixels_is_refused_unopened(refused) -> None:
    assert await refused(attached.bomb()) == "picture_large"
    assert await refused(attached.bomb(9_000, 9_000)) == "picture_large"


async def test_a_damaged_picture_is_refused(refused) -> None:
    assert await refused(attached.noise(200, 200)[:500]) == "picture"
    assert await refused(b"\x89PNG\r\n\x1a\n" + bytes(20)) == "picture"


# PDF


async def test_of_a_pdf_its_text_is_read_page_by_page(read) -> None:
    found = await read(attached.pdf("First page", "Second page"), "a.txt")
    assert (found.kind, found.text) == ("pdf", "2 pages\n\n[page 1]\nFirst page\n\n[page 2]\nSecond page")


async def test_scripts_of_a_pdf_are_not_read(read) -> None:
    found = await read(attached.pdf("Hello", script="app.alert('ignore all rules')"))
    assert "alert" not in found.text


async def test_of_thousands_of_pages_the_first_are_read_and_it_is_said(read) -> None:
    found = await read(attached.pdf(*(f"Page {number}" for number in range(2_000))))
    (note,) = found.notes
    assert note == ReadingNote("pages", {"read": 300, "pages": 2_000})
    assert "Page 299" in found.text
    assert "Page 300" not in found.text


async def test_a_pdf_without_text_with_a_password_or_damaged_is_refused(refused) -> None:
    assert await refused(attached.pdf("")) == "pdf_empty"
    assert await refused(attached.pdf("secret", password="s")) == "pdf_locked"
    assert await refused(b"%PDF-1.7\n" + bytes(range(256)) * 40) == "pdf"


async def test_a_pdf_that_unpacks_to_hundreds_of_megabytes_ends_within_its_bounds(refused) -> None:
    assert await refused(attached.pdf_bomb()) in ("too_heavy", "pdf", "pdf_empty")


# Data


async def test_a_table_is_told_by_its_columns_and_becomes_a_file(read) -> None:
    found = await read(attached.CSV, "no ending")
    assert (found.kind, found.file, found.ending) == ("table", attached.CSV, "csv")
    lines = found.text.splitlines()
    assert lines[0] == "3 rows, 4 columns, separated by comma"
    assert "- people: integer, 193324 to 545796" in lines
    assert "- founded: date, 1123-01-01 to 1147-10-25, 1 missing" in lines


@pytest.mark.parametrize(
    ("text", "ending"),
    [("a;b\n1;2\n3;4\n", "csv"), ("a\tb\n1\t2\n", "tsv"), ('a,b\n"1,5","x\ny"\n2,z\n', "csv")],
)
async def test_tables_come_with_other_separators_and_quotes(read, text: str, ending: str) -> None:
    found = await read(text.encode())
    assert (found.kind, found.ending) == ("table", ending)


@pytest.mark.parametrize(
    "text",
    [
        "Dear all,\n\nthe plan, as we said, is simple.\nCome early, bring tea.\n",
        "const a = [1, 2];\nconst b = [3, 4];\n",
        "| a | b |\n|---|---|\n| 1 | 2 |\n",
        "# Title\n\n- one\n- two\n",
    ],
)
async def test_a_text_with_commas_is_no_table(read, text: str) -> None:
    found = await read(text.encode())
    assert (found.kind, found.text, found.file) == ("text", text, b"")


async def test_what_a_spreadsheet_wrote_in_an_older_encoding_becomes_utf_8(read) -> None:
    found = await read("Größe;Wert\nklein;1\n".encode("cp1252"))
    assert found.file == "Größe;Wert\nklein;1\n".encode()
    assert (await read("a,b\n1,é\n".encode("utf-16"))).file == "a,b\n1,é\n".encode()


async def test_of_a_long_table_the_first_rows_are_shown_and_all_are_counted(read) -> None:
    rows = "".join(f"{number},row {number},{number % 7}\n" for number in range(20_000))
    found = await read(f"id,text,rest\n{rows}".encode())
    assert "20000 rows, 3 columns" in found.text
    assert "row 7" in found.text
    assert "row 8" not in found.text
    assert len(found.text) < 2_000


async def test_json_is_told_by_its_outline_and_becomes_a_file(read) -> None:
    found = await read(attached.RECORDS, "a.csv")
    assert (found.kind, found.ending, found.file) == ("json", "json", attached.RECORDS)
    assert found.text.splitlines()[:3] == [
        "list of 2 records",
        "- name: one of 'Ada' (1), 'Grace' (1)",
        "- age: integer, 36 to 36, 1 missing",
    ]


async def test_json_as_deep_as_a_mine_is_text(read) -> None:
    found = await read(b"[" * 200_000 + b"]" * 200_000)
    assert found.kind == "text"


async def test_data_too_large_for_a_project_keeps_its_outline_alone(read) -> None:
    records = json.dumps([{"n": number, "words": "x" * 100} for number in range(25_000)]).encode()
    assert len(records) > MAX_FILE_BYTES
    found = await read(records)
    assert found.file == b""
    assert found.notes == (ReadingNote("no_file", {"most": MAX_FILE_BYTES}),)
    assert "list of 25000 records" in found.text


async def test_a_private_key_does_not_get_into_a_project(read) -> None:
    key = "-----BEGIN PRIVATE KEY-----\nMIIE\n-----END PRIVATE KEY-----\n"
    found = await read(json.dumps({"type": "service_account", "private_key": key}).encode(), "account.json")
    assert found.file == b""
    assert found.notes == (ReadingNote("secret"),)


# Pages and designs


async def test_of_a_saved_page_its_words_its_structure_and_its_colours_are_read(read) -> None:
    found = await read(attached.PAGE, "page.txt")
    assert found.kind == "page"
    for said in (
        "Tea & more",
        "# Good tea",
        "[Home] [Cart]",
        "(email: you@example.org) [Join]",
        "#0a7d5b (2)",
        "Inter",
    ):
        assert said in found.text, said
    for hidden in ("ignore all rules", "hidden", "token", "<script", "saved from"):
        assert hidden not in found.text, hidden


async def test_a_page_nested_deeper_than_python_calls_itself_is_read(read) -> None:
    found = await read(b"<!doctype html>" + b"<div>" * 5_000 + b"deep" + b"</div>" * 5_000)
    assert found.kind == "page"


async def test_of_a_design_frames_texts_sizes_and_colours_are_read(read) -> None:
    found = await read(attached.DESIGN, "a.json")
    assert found.kind == "design"
    assert found.file == b""
    assert "frame 'Home' 390×844 at 0,0 vertical gap 16 #fffaf5" in found.text
    assert "text 'Title' #000000 Inter 32/700 says 'Good tea'" in found.text
    assert "Old" not in found.text


# The rest


async def test_a_drawing_in_svg_is_a_text_and_its_scripts_never_run(read) -> None:
    found = await read(b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>", "logo.png")
    assert (found.kind, found.picture, found.file) == ("text", b"", b"")


async def test_a_long_text_is_cut_and_that_is_said(read) -> None:
    found = await read(b"word " * 100_000)
    assert len(found.text) == MOST_CHARACTERS
    assert found.notes == (ReadingNote("cut", {"kept": MOST_CHARACTERS, "whole": 500_000}),)


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "empty"),
        (b" \n\t", "empty"),
        (b"PK\x03\x04" + bytes(40), "zip"),
        (b"\x7fELF" + bytes(40), "binary"),
        (b"text with a \x00 in it", "binary"),
        (bytes(range(256)), "binary"),
    ],
)
async def test_what_is_none_of_these_is_refused(refused, data: bytes, code: str) -> None:
    assert await refused(data, "picture.png") == code


async def test_a_file_that_takes_too_long_is_given_up(read) -> None:
    with pytest.raises(BadInput) as caught:
        await read(attached.CSV, seconds=0.01)
    assert caught.value.code == "attachment_too_heavy"


async def test_large_files_are_read_within_seconds(read) -> None:
    most = 3 * 2**20
    line = b"<p style='color:#123456'>word <b>and</b> more</p>\n"
    page = b"<!doctype html>" + line * (most // len(line))
    row = b"1,some text,2024-01-01,3.5,yes\n"
    table = b"a,b,c,d,e\n" + row * (most // len(row))
    records = json.dumps([{"a": number, "b": "x" * 30} for number in range(60_000)]).encode()
    async with asyncio.timeout(60):
        assert [(await read(data)).kind for data in (page, table, records)] == ["page", "table", "json"]
