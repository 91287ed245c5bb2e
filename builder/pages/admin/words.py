"""Figures and moments as the pages for administrators write them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from builder.texts import t
from builder.texts.times import ago


@dataclass
class FigureRow:
    name: str
    value: str


def when(moment: str | None) -> str:
    return ago(datetime.fromisoformat(moment), datetime.now(UTC)) if moment else t("account.never")


def number(count: int) -> str:
    return f"{count:,}"


def size(count: int) -> str:
    """Bytes as a person reads them."""
    return t("admin.bytes", size=count)
