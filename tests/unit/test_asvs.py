"""The table of OWASP ASVS has every number of its chapters, and what it names exists."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from builder.base.settings import ROOT

PAGE: Final = ROOT / "docs" / "asvs.md"
# How many requirements of levels 1 and 2 the sections of version 5.0.0 begin with: those of level 3 come last in each.
SECTIONS: Final = {
    "2.1": 3, "2.2": 3, "2.3": 4, "2.4": 1,
    "4.1": 3, "4.2": 1, "4.3": 2, "4.4": 4,
    "6.1": 3, "6.2": 12, "6.3": 4, "6.4": 4, "6.5": 5, "6.6": 3, "6.8": 4,
    "7.1": 3, "7.2": 4, "7.3": 2, "7.4": 5, "7.5": 2, "7.6": 2,
    "8.1": 2, "8.2": 3, "8.3": 1, "8.4": 1,
    "13.1": 1, "13.2": 5, "13.3": 2, "13.4": 5,
}  # fmt: skip


def rows() -> Iterator[tuple[str, str, str]]:
    for line in PAGE.read_text(encoding="utf-8").splitlines():
        if re.match(r"\| \d", line):
            number, what, shown = (part.strip() for part in line.strip("|").split("|"))
            yield number, what, shown


def test_every_number_is_there_once() -> None:
    wanted = [f"{section}.{number}" for section, last in SECTIONS.items() for number in range(1, last + 1)]
    assert [number for number, _, _ in rows()] == wanted


def test_what_a_line_names_exists() -> None:
    missing = []
    for number, what, shown in rows():
        path, _, test = shown.strip("`").partition("::")
        if not shown:
            assert what.startswith("Does not apply:"), number
        elif not (ROOT / path).is_file() or (test and f"def {test}(" not in (ROOT / path).read_text(encoding="utf-8")):
            missing.append(f"{number}: {shown}")
        elif not test:
            assert path.startswith("docs/"), number
    assert missing == []


def test_the_page_about_security_leads_to_it() -> None:
    assert "(asvs.md)" in (ROOT / "docs" / "security.md").read_text(encoding="utf-8")
