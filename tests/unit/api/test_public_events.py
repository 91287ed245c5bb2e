"""What a public project's event stream tells somebody who has no role in it."""

from __future__ import annotations

import json

import pytest

from builder.api.events import without_talk


def frame(kind: str, **data: object) -> str:
    return f"id: 7\nevent: {kind}\ndata: {json.dumps(data)}\n\n"


def test_that_files_changed_is_told_without_what_was_asked_for() -> None:
    told = without_talk(frame("version_committed", version={"id": "v", "label": "our plan"}, changed=["a.py"]))
    assert "our plan" not in told
    assert told.startswith("id: 7\nevent: version_committed\ndata: ")
    assert json.loads(told.partition("data: ")[2])["changed"] == ["a.py"]
    assert told.endswith("\n\n")


@pytest.mark.parametrize(
    "kind", ["message_added", "generation_started", "file_opened", "turn_changed", "shares_changed"]
)
def test_conversation_and_links_are_not_told(kind: str) -> None:
    assert without_talk(frame(kind, text="our plan")) == ""


def test_text_that_is_being_written_is_not_told_and_heartbeats_are() -> None:
    assert without_talk('event: text\ndata: {"generation": "g", "offset": 0, "text": "x"}\n\n') == ""
    assert without_talk(": still here\n\n") == ": still here\n\n"
