"""In which language something is said, its plurals, and how long ago a moment is."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from builder.texts import languages, said, speaking, spoken, t
from builder.texts.catalogues import Catalogue
from builder.texts.language import InTheirLanguage, understood
from builder.texts.times import ago
from preview_runtime.phrases import Phrase

NOW = datetime(2026, 3, 12, 14, 5, tzinfo=UTC)
POLISH = Catalogue("pl", {"files#one": "{count} plik", "files#few": "{count} pliki", "files#many": "{count} plików"})
PORTUGUESE = Catalogue("pt-BR", {"room": "{limit:bytes}", "most": "no máximo {most:number}"})


@pytest.mark.parametrize(("count", "text"), [(1, "1 plik"), (3, "3 pliki"), (5, "5 plików"), (22, "22 pliki")])
def test_a_text_that_counts_has_the_form_of_its_language(count: int, text: str) -> None:
    assert POLISH.say("files", {"count": count}) == text


def test_numbers_and_sizes_are_written_as_the_language_does() -> None:
    assert PORTUGUESE.say("most", {"most": 20_000}) == "no máximo 20.000"
    assert PORTUGUESE.say("room", {"limit": 1536 * 1024**2}) == "1,5 GB"
    assert t("fault.disk_limit", limit=512 * 1024**2).count("(512 MB)") == 1


@pytest.mark.parametrize(
    ("accepted", "language"),
    [
        ("", "en"),
        ("pt-BR,pt;q=0.9,en;q=0.8", "pt-BR"),
        ("pt", "pt-BR"),
        ("pt-PT, en;q=0.5", "pt-BR"),
        ("en-GB,pt-BR;q=0.5", "en"),
        ("fr;q=1, pt-br;q=0.4, en;q=0.3", "pt-BR"),
        ("pt-BR;q=0, en", "en"),
        ("*", "en"),
        ("xx-" + "y" * 5_000 + ",;q=,;;=,q", "en"),
    ],
)
def test_the_best_language_that_a_browser_asks_for_is_spoken(accepted: str, language: str) -> None:
    assert understood(accepted, ("en", "pt-BR")) == language


async def test_each_request_has_its_own_language() -> None:
    heard: list[str] = []

    async def app(*_: object) -> None:
        heard.append(spoken())

    with speaking("pt-BR"):
        await InTheirLanguage(app)({"type": "http", "headers": [(b"accept-language", b"en")]}, app, app)
        assert spoken() == "pt-BR"
    assert heard == ["en"]
    assert spoken() == "en"


@pytest.mark.parametrize(
    ("cookie", "accepted", "language"),
    [
        (b"sayso_language=pt-BR", b"en", "pt-BR"),
        (b"sayso_session=x; sayso_language=en; other=1", b"pt-BR", "en"),
        (b"sayso_language=xx", b"pt-BR", "pt-BR"),
        (b"not_sayso_language=en", b"pt-BR", "pt-BR"),
        (b"sayso_language=" + b"a" * 5_000, b"en", "en"),
        (b"", b"pt", "pt-BR"),
    ],
)
async def test_what_was_chosen_in_this_browser_comes_before_what_it_asks_for(
    cookie: bytes, accepted: bytes, language: str
) -> None:
    heard: list[str] = []

    async def app(*_: object) -> None:
        heard.append(spoken())

    headers = [(b"accept-language", accepted), (b"cookie", cookie)]
    await InTheirLanguage(app)({"type": "websocket", "headers": headers}, app, app)
    assert heard == [language]


def test_a_language_says_its_own_name() -> None:
    assert {language: t("client.own_name", language) for language in languages()} == {
        "en": "English",
        "pt-BR": "Português (Brasil)",
    }
    assert all(t("client.language", language) == language for language in languages())
    assert all(t("page.language", language) == language for language in languages())


def test_a_phrase_is_said_with_all_that_is_in_it() -> None:
    away = Phrase("server.away", {"why": Phrase("engine.no_runtime", {"runtime": "runsc"})})
    assert said(away).startswith("The app's server cannot be reached: Docker has no runtime called “runsc”")
    reasons = (Phrase("engine.no_docker"), Phrase("engine.no_pyodide"))
    missing = Phrase("choice.missing_because", {"needs": Phrase("needs.container"), "reasons": reasons})
    assert (
        "(Docker is not installed or does not answer; Python in the browser is not installed: run script/setup)."
        in said(missing)
    )


def test_a_phrase_in_the_log_names_its_key_and_its_values() -> None:
    assert str(Phrase("fault.app_crashed", {"exit_code": 3})) == "fault.app_crashed exit_code=3"


@pytest.mark.parametrize(
    ("seconds", "english", "portuguese"),
    [
        (60, "1 minute ago", "há 1 minuto"),
        (3_599, "59 minutes ago", "há 59 minutos"),
        (5_400, "1 hour ago", "há 1 hora"),
        (86_399, "23 hours ago", "há 23 horas"),
        (40 * 86_400, "40 days ago", "há 40 dias"),
    ],
)
def test_how_long_ago_is_told_in_whole_units(seconds: int, english: str, portuguese: str) -> None:
    then = NOW - timedelta(seconds=seconds)
    assert (ago(then, NOW), ago(then, NOW, "pt-BR")) == (english, portuguese)


@pytest.mark.parametrize("seconds", [0, 59, -5])
def test_what_was_in_this_minute_was_just_now(seconds: int) -> None:
    assert ago(NOW - timedelta(seconds=seconds), NOW) == "just now"
