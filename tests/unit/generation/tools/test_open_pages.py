"""A model's look at the app in the page that a person has open: answered, or given up in plain words."""

from __future__ import annotations

import asyncio
import base64
import io

import pytest
from PIL import Image

from builder.base.events import Fact
from builder.generation.tools.observed import NobodyLooks
from builder.generation.tools.open_pages import OpenPages, PageAnswer, PageAskedFact, PageOfProject
from builder.projects.walks.steps import SeeStep
from builder.projects.walks.target import WalkTarget

SEE = SeeStep(see=WalkTarget(text="Dune"))


class Told:
    """The log of a project: what was told, and whether anybody hears it."""

    def __init__(self, *, followed: bool = True) -> None:
        self.facts: list[PageAskedFact] = []
        self.open = followed
        self.told = asyncio.Event()

    def followed(self, project_id: str) -> bool:
        return self.open and project_id == "p1"

    async def append(self, project_id: str, fact: Fact) -> int:
        assert isinstance(fact, PageAskedFact)
        self.facts.append(fact)
        self.told.set()
        return len(self.facts)


def page_of(pages: OpenPages) -> PageOfProject:
    page = pages.of("p1")
    assert page
    return page


async def asked(told: Told) -> str:
    await told.told.wait()
    return told.facts[-1].ask.id


def png(width: int = 20) -> str:
    data = io.BytesIO()
    Image.new("RGB", (width, 10), "red").save(data, "PNG")
    return base64.b64encode(data.getvalue()).decode()


async def test_a_page_is_told_what_to_do_and_its_answer_comes_back_in_words() -> None:
    told = Told()
    pages = OpenPages(told)
    look = asyncio.ensure_future(page_of(pages).look([SEE], width=390, picture=False))
    ask_id = await asked(told)
    ask = told.facts[0].ask
    assert (ask.width, ask.steps, ask.picture) == (390, [{"see": {"text": "Dune"}}], False)
    answer = PageAnswer(why="none", step=1, saw=["Emma"], shown=["h1 “Books”"], picture=png())
    assert not pages.answered("another", ask_id, answer)
    assert pages.answered("p1", ask_id, answer)
    assert not pages.answered("p1", ask_id, answer), "the first answer counts"
    seen = await look
    assert seen.went == "Step 1 failed: it is not there. There instead: Emma."
    assert (seen.ok, seen.shown) == (False, ("h1 “Books”",))
    assert seen.picture is None, "none was asked for"
    assert not pages.answered("p1", ask_id, answer)


@pytest.mark.parametrize(("given", "is_one"), [(png(), True), ("no picture", False), ("bm9uZQ==", False), ("", False)])
async def test_a_picture_is_drawn_anew_and_what_is_none_is_left_out(given: str, is_one: bool) -> None:
    told = Told()
    pages = OpenPages(told)
    look = asyncio.ensure_future(page_of(pages).look([], width=1280, picture=True))
    pages.answered("p1", await asked(told), PageAnswer(picture=given))
    seen = await look
    assert (seen.picture is not None) is is_one
    assert (seen.went, seen.ok) == ("", True)


async def test_where_nobody_has_the_app_open_it_is_said_at_once() -> None:
    told = Told()
    page = page_of(OpenPages(told))
    told.open = False
    with pytest.raises(NobodyLooks, match="Nobody has the app open"):
        await asyncio.wait_for(page.look([], width=1280, picture=False), 10)
    assert told.facts == []
    assert OpenPages(told).of("p1") is None


async def test_a_page_that_goes_away_and_one_that_is_silent_are_not_waited_for() -> None:
    told = Told()
    page = page_of(OpenPages(told, answers=30, again=0.05))
    look = asyncio.ensure_future(page.look([], width=1280, picture=False))
    await asked(told)
    told.open = False
    with pytest.raises(NobodyLooks, match="Nobody"):
        await asyncio.wait_for(look, 15)
    silent = Told()
    with pytest.raises(NobodyLooks, match="did not answer"):
        await page_of(OpenPages(silent, answers=0.05)).look([], width=1280, picture=False)


async def test_a_page_that_shows_no_app_says_so() -> None:
    told = Told()
    pages = OpenPages(told)
    look = asyncio.ensure_future(page_of(pages).look([SEE], width=1280, picture=True))
    pages.answered("p1", await asked(told), PageAnswer(why="not_shown"))
    with pytest.raises(NobodyLooks, match="not shown"):
        await look
