"""The built pages answer in the language of the request, and with the files that all languages share."""

from __future__ import annotations

from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.routing import Mount
from starlette.staticfiles import StaticFiles
from starlette.testclient import TestClient

from builder.base.http.pages import in_each_language
from builder.texts.language import InTheirLanguage


@pytest.fixture
def browser(tmp_path: Path) -> TestClient:
    """Of a build that has one page in Portuguese, too."""
    for path, text in {
        "client/index.html": "Hello",
        "client/about.html": "About",
        "client/404.html": "Nothing here",
        "client/assets/page-1.js": "1",
        "languages/pt-BR/index.html": "Olá",
        "languages/pt-BR/404.html": "Nada aqui",
    }.items():
        file = tmp_path / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    app = Starlette(routes=[Mount("/", StaticFiles(directory=tmp_path / "client", html=True))])
    return TestClient(InTheirLanguage(in_each_language(app, tmp_path / "languages")))


def test_a_page_is_in_the_language_that_was_chosen_or_else_asked_for(browser: TestClient) -> None:
    assert browser.get("/").text == "Hello"
    assert browser.get("/", headers={"accept-language": "pt-BR"}).text == "Olá"
    chosen = {"accept-language": "pt-BR", "cookie": "sayso_language=en"}
    assert browser.get("/", headers=chosen).text == "Hello"


def test_what_a_language_does_not_have_is_the_same_in_all(browser: TestClient) -> None:
    portuguese = {"accept-language": "pt-BR"}
    assert browser.get("/assets/page-1.js", headers=portuguese).text == "1"
    missing = browser.get("/nothing", headers=portuguese)
    assert (missing.status_code, missing.text) == (404, "Nada aqui")


def test_a_cache_keeps_the_languages_apart(browser: TestClient) -> None:
    english = browser.get("/")
    assert {"accept-language", "cookie"} <= set(english.headers["vary"].lower().replace(" ", "").split(","))
    again = {"accept-language": "pt-BR", "if-none-match": english.headers["etag"]}
    assert browser.get("/", headers=again).text == "Olá"
    assert "cookie" not in browser.get("/assets/page-1.js").headers.get("vary", "").lower()


def test_without_other_languages_all_get_the_same(tmp_path: Path) -> None:
    (tmp_path / "index.html").write_text("Hello", encoding="utf-8")
    app = Starlette(routes=[Mount("/", StaticFiles(directory=tmp_path, html=True))])
    browser = TestClient(InTheirLanguage(in_each_language(app, tmp_path / "languages")))
    assert browser.get("/", headers={"accept-language": "pt-BR"}).text == "Hello"
