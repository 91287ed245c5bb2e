"""Without a key a prompt that asks for a server gets one, where one can run; elsewhere the demo says so as before."""

from __future__ import annotations

import json

import pytest

from builder.demo import answer

EVERYTHING = ("python", "node", "go", "java")


@pytest.mark.parametrize(
    ("prompt", "file"),
    [
        ("an API with a database for the stock of my workshop", "stock.py"),
        ("a guestbook in flask", "entries.py"),
        ("a blog with django and a database", "manage.py"),
        ("a chat room with a websocket server", "rooms.py"),
        ("a live dashboard backend with server-sent events", "measuring.py"),
        ("a url shortener api", "links.py"),
        ("a shopping list for our flatshare with a server", "pantry.py"),
        ("polls with an express backend", "server/polls.js"),
        ("a pastebin in plain nodejs", "pages.js"),
        ("a whiteboard with websockets", "board.js"),
        ("a waiting line with a golang server", "line.go"),
        ("a lending desk in java", "src/lending/Main.java"),
        ("a rest api", "stock.py"),
    ],
)
def test_the_nearest_one_is_taken(prompt: str, file: str) -> None:
    draft = answer.first(prompt, runtimes=EVERYTHING)
    assert file in draft.files
    assert "offline demo" in draft.summary
    assert "run" not in json.loads(draft.json()), "its files say how it starts"


def test_it_gets_the_name_the_person_gave_where_that_can_stand_in_code() -> None:
    named = answer.first('an api with a database called "Shelf Life"', runtimes=EVERYTHING)
    assert named.title == "Shelf Life"
    assert "<h1>Shelf Life</h1>" in named.files["page/index.html"]
    assert "Stockroom" not in "".join(named.files.values())
    hostile = answer.first("""an api with a database called "x'};alert(1)//" """, runtimes=EVERYTHING)
    assert "alert(1)" not in "".join(hostile.files.values())


@pytest.mark.parametrize("prompt", ["a kanban board", "a to-do list for my week", "a chat for my team"])
def test_a_prompt_that_asks_for_no_server_gets_a_front_end(prompt: str) -> None:
    assert "index.html" in answer.first(prompt, runtimes=EVERYTHING).files


def test_only_what_can_run_is_offered() -> None:
    assert "server.js" in answer.first("a rest api", runtimes=("node",)).files
    nowhere = answer.first("an API with a database for the stock of my workshop")
    assert "index.html" in nowhere.files
    assert "would need the full builder and a server" in nowhere.summary


def test_a_starter_that_would_be_nearer_and_cannot_run_here_is_named() -> None:
    asked = answer.first("book a meeting room with a PostgreSQL database")
    assert "“Room booking” would be nearer" in asked.summary
    assert "would be nearer" not in answer.first("a diary with a database").summary


def test_what_is_invented_is_said_to_be_a_sample() -> None:
    assert "are samples" in answer.first("a website for a yoga studio called Lotus").summary


def test_a_word_for_a_part_of_a_page_is_no_slip_of_another() -> None:
    asked = answer.first("a website for a yoga studio called Lotus with classes, prices and contact")
    assert "Contract" not in "".join(asked.files.values())


def test_prices_are_in_the_currency_that_is_named() -> None:
    assert '"BRL"' in answer.first("a shop for candles in reais").files["src/content.json"]
