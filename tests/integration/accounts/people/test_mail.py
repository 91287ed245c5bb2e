"""Mail, through a real SMTP server on this computer."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from datetime import timedelta

import pytest

from builder.accounts.mail.letters import LetterKind, language_for, languages, letter
from builder.accounts.mail.outbox import SEND, TRIES
from builder.base.jobs import delay
from builder.composition.settings import Settings
from tests.integration.accounts.people.post_office import PostOffice, free_port, post_office, with_mail
from tests.integration.accounts.people.school import PASSWORD, school

ANYTHING = {
    "name": "Ana <b>", "place": "https://sayso.example", "link": "https://sayso.example/x?token=a&b", "device": "Phone",
    "at": "2026-01-01", "days": "30", "said": "It is ready.",
    "change": "passkey_added", "what": "Phone", "by": "Ana <b>", "project": "Shop", "reason": "a question of theirs", "unsubscribe": "",
}  # fmt: skip


@pytest.fixture
def office() -> Iterator[tuple[PostOffice, int]]:
    with post_office() as opened:
        yield opened


async def test_a_letter_arrives_in_the_person_s_language_as_text_and_html(
    settings: Settings, office: tuple[PostOffice, int]
) -> None:
    handler, port = office
    async with school(settings, **with_mail(port)) as made:
        browser = made.caller(**{"Accept-Language": "pt-PT,pt;q=0.9"})
        body = {"email": "ana@example.org", "password": PASSWORD, "name": "Ana"}
        await browser.post("/api/v1/auth/register", json=body)
        message = await handler.arrived()
        assert (message["To"], message["From"]) == ("ana@example.org", "Sayso <sayso@example.org>")
        assert handler.senders == ["sayso@example.org"]
        assert message["Subject"] == "Confirme seu e-mail no Sayso"
        text, html = [part.get_content() for part in message.iter_parts()]  # type: ignore[attr-defined]
        assert "Olá, Ana!" in text
        link = next(word for word in text.split() if "/verify?token=" in word)
        assert f'href="{link}"' in html
        assert 'lang="pt-BR"' in html
        answer = await made.caller().post(link)
        assert "confirmed" in answer.text
        # A letter that is sent keeps no link, and none is left to hand on.
        async with asyncio.timeout(10):
            while await made.services.people.outbox.open_links():  # noqa: ASYNC110 - noted after it was taken
                await asyncio.sleep(0.02)


async def test_a_server_that_refuses_is_asked_again_and_the_letter_comes_once(
    settings: Settings, office: tuple[PostOffice, int]
) -> None:
    handler, port = office
    handler.refusals = 1
    async with school(settings, **with_mail(port)) as made:
        await made.signed_up("ana@example.org")
        assert (await handler.arrived())["To"] == "ana@example.org"
        await asyncio.sleep(0.5)
        assert len(handler.taken) == 1


async def test_a_letter_outlasts_a_day_without_its_server_and_whoever_looks_sees_it(settings: Settings) -> None:
    assert sum(delay(number, jitter=1.0) for number in range(1, TRIES)) >= timedelta(days=1).total_seconds()
    port = free_port()
    async with school(settings, **with_mail(port)) as made:
        outbox = made.services.people.outbox
        await made.signed_up("ana@example.org")
        async with asyncio.timeout(30):
            while not (letters := await outbox.waiting()):  # noqa: ASYNC110 - another task tries
                await asyncio.sleep(0.02)
        assert (letters[0].recipient, letters[0].kind) == ("ana@example.org", "verify")
        assert letters[0].next_at is not None
        assert letters[0].problem.startswith("the mail server refused: ")
        (mail,) = [part for part in (await made.services.administration.system.read()).parts if part.name == "mail"]
        assert (mail.state, "1 letter has not been taken" in mail.says) == ("down", True)
        # The server is there again, and nobody waits for the next try.
        with post_office(port) as (handler, _):
            (job,) = await made.services.jobs.of(SEND)
            async with asyncio.timeout(30):
                while not await made.services.jobs.again(job.id):  # noqa: ASYNC110 - a try may be under way
                    await asyncio.sleep(0.02)
            assert (await handler.arrived())["To"] == "ana@example.org"
            async with asyncio.timeout(30):
                while await outbox.waiting():  # noqa: ASYNC110 - noted after it was taken
                    await asyncio.sleep(0.02)


async def test_what_a_server_refuses_for_good_waits_for_an_administrator(
    settings: Settings, office: tuple[PostOffice, int]
) -> None:
    handler, port = office
    handler.unknown = True
    async with school(settings, **with_mail(port)) as made:
        await made.signed_up("ana@example.org")
        async with asyncio.timeout(30):
            while not (letters := await made.services.people.outbox.waiting()):  # noqa: ASYNC110 - another task tries
                await asyncio.sleep(0.02)
        assert (letters[0].tries, letters[0].next_at) == (1, None)
        handler.unknown = False
        (dead,) = await made.services.administration.jobs.listed("dead", limit=5)
        assert await made.services.administration.jobs.again(dead.id)
        assert (await handler.arrived())["To"] == "ana@example.org"


async def test_without_a_server_whoever_is_at_the_computer_has_the_links(settings: Settings) -> None:
    async with school(settings) as made:
        await made.signed_up("ana@example.org")
        (open_link,) = await made.services.people.outbox.open_links()
        assert (open_link.recipient, open_link.kind) == ("ana@example.org", "verify")
        assert (await made.caller().post(open_link.link)).status_code == 200
        page = await made.caller().post("/forgot", data={"email": "ana@example.org"})
        assert "sends no mail" in page.text


async def test_the_outbox_on_the_disk_holds_no_link_that_can_be_read(settings: Settings) -> None:
    async with school(settings) as made:
        await made.signed_up("ana@example.org")
        token = await made.token_of("verify")
    stored = b"".join(file.read_bytes() for file in settings.data_dir.glob("sayso.db*"))
    assert b"ana@example.org" in stored
    assert token.encode() not in stored
    assert PASSWORD.encode() not in stored


async def test_letters_about_one_thing_are_bounded(settings: Settings) -> None:
    async with school(settings) as made:
        statuses = [
            (await made.caller().post("/api/v1/auth/password/forgot", json={"email": "a@example.org"})).status_code
            for _ in range(7)
        ]
        assert statuses == [202] * 5 + [429] * 2


@pytest.mark.parametrize("language", languages())
@pytest.mark.parametrize("kind", LetterKind)
def test_every_letter_is_written_in_every_language(kind: LetterKind, language: str) -> None:
    written = letter(kind, language, ANYTHING)
    assert written.subject
    assert "\n" not in written.subject
    assert "Ana <b>" in written.text or kind is LetterKind.INVITE
    assert "<b>" not in written.html
    assert ANYTHING["link"] in written.text
    assert 'href="https://sayso.example/x?token=a&amp;b"' in written.html
    if language != "en":
        assert written.text != letter(kind, "en", ANYTHING).text


def test_the_language_of_letters_is_what_the_browser_asks_for() -> None:
    assert [language_for(accepted) for accepted in ("pt", "en-GB", "de", "")] == ["pt-BR", "en", "en", "en"]
