"""Thinking reaches the log in pieces worth a row, and not without end."""

from __future__ import annotations

from builder.generation.models.thoughts import MOST_CHARACTERS, PIECE_CHARACTERS, PIECE_SECONDS, Thoughts


def test_a_piece_is_due_when_it_is_long_or_old_or_the_answer_begins() -> None:
    now = 0.0
    thoughts = Thoughts(lambda: now)
    thoughts.add("Hm. ")
    assert thoughts.take(rest=False) == ""
    now = PIECE_SECONDS
    assert thoughts.take(rest=False) == "Hm. "
    thoughts.add("x" * PIECE_CHARACTERS)
    assert len(thoughts.take(rest=False)) == PIECE_CHARACTERS
    thoughts.add("Yes.")
    assert thoughts.take(rest=True) == "Yes."
    assert thoughts.take(rest=True) == ""
    assert thoughts.text == "Hm. " + "x" * PIECE_CHARACTERS + "Yes."


def test_no_more_than_a_person_would_read_is_kept() -> None:
    thoughts = Thoughts()
    for _ in range(50):
        thoughts.add("y" * 1_000)
    assert len(thoughts.take(rest=True)) == MOST_CHARACTERS
    thoughts.add("more")
    assert thoughts.take(rest=True) == ""
