"""Who reads Portuguese sees no English, and no text is cut off for being longer; the language is a person's choice."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache
from string import Formatter

import httpx
import pytest
from playwright.sync_api import Page, expect

from builder.texts import catalogue
from tests.browser.accounts.test_accounts import PASSWORD
from tests.browser.conftest import Server
from tests.browser.test_accessibility import DESK, PHONE, check
from tests.browser.workbench import imported, open_project, photographed

_PORTUGUESE = catalogue("pt-BR").texts
# What is read and heard: texts, labels, tips and hints, of what is there to see.
_SAID = """() => {
  const seen = (element) => element.checkVisibility({ visibilityProperty: true }) && !element.closest('[aria-hidden=true], [lang=en], iframe, .monaco-editor');
  const found = new Set();
  for (const element of document.querySelectorAll('body *')) {
    if (!seen(element) || ['SCRIPT', 'STYLE'].includes(element.tagName)) continue;
    for (const name of ['aria-label', 'title', 'placeholder', 'alt']) found.add(element.getAttribute(name) ?? '');
    for (const node of element.childNodes) if (node.nodeType === Node.TEXT_NODE) found.add(node.data.trim());
  }
  return [document.title, ...found].filter(Boolean);
}"""
# What is wider than its place, and does not end in an ellipsis, scroll, or stand there for screen readers only.
_CUT_OFF = """() => [...document.querySelectorAll('button, a, label, h1, h2, h3, p, summary, span, small, legend, th')].flatMap((element) => {
  if (!element.checkVisibility({ visibilityProperty: true }) || element.closest('iframe, .monaco-editor, .sr, .skip')) return [];
  const style = getComputedStyle(element), box = element.getBoundingClientRect();
  if (box.width < 2 || style.clipPath !== 'none') return [];
  const cut = style.overflowX !== 'visible' && style.textOverflow !== 'ellipsis' && style.overflowX !== 'auto' && element.scrollWidth > element.clientWidth + 1;
  let scrolls = false;
  for (let at = element; at; at = at.parentElement) scrolls ||= ['auto', 'scroll', 'hidden'].includes(getComputedStyle(at).overflowX);
  const outside = !scrolls && (box.right > innerWidth + 1 || box.left < -1);
  return cut || outside ? [`${element.tagName}.${element.className}: ${element.textContent.slice(0, 60)}`] : [];
})"""


@cache
def english() -> tuple[frozenset[str], tuple[re.Pattern[str], ...]]:
    """The texts that are English alone, and patterns of those with values."""
    plain, filled = set(), []
    for key, text in catalogue("en").texts.items():
        parts = list(Formatter().parse(text))
        words = "".join(part for part, *_ in parts)
        if text in _PORTUGUESE.values() or _PORTUGUESE.get(key) == text or not re.search(r"[A-Za-z]{3}", words):
            continue
        if any(name is not None for _, name, *_ in parts):
            if len(re.findall(r"[a-z]{2,}", words)) > 1:
                filled.append(re.compile("".join(re.escape(part) + (".+" if name else "") for part, name, *_ in parts)))
        else:
            plain.add(text)
    return frozenset(plain), tuple(filled)


def all_portuguese(page: Page, what: str) -> None:
    """Fail with what is English on the page as it is, and with what is cut off or stands outside."""
    photographed(page, f"pt-{what}-{page.viewport_size['width'] if page.viewport_size else ''}")
    plain, filled = english()
    said: list[str] = page.evaluate(_SAID)
    assert [text for text in said if text in plain or any(one.fullmatch(text) for one in filled)] == [], what
    assert page.evaluate("document.documentElement.lang") == "pt-BR", what
    assert page.evaluate(_CUT_OFF) == [], what
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), what


@pytest.fixture(params=[DESK, PHONE], ids=["desk", "phone"])
def brazilian(request: pytest.FixtureRequest, make_page: Callable[..., Page]) -> Page:
    """A page of a browser that asks for Brazilian Portuguese."""
    return make_page(viewport=request.param, locale="pt-BR")


def test_the_home_page_is_in_portuguese(brazilian: Page, server: Server) -> None:
    imported(server)
    brazilian.goto(server.url)
    expect(brazilian.get_by_role("heading", name="O que você quer criar?")).to_be_visible()
    expect(brazilian.locator(".projects > li").first).to_contain_text("agora mesmo")
    expect(brazilian.get_by_role("button", name="Lista de tarefas")).to_be_visible()
    all_portuguese(brazilian, "home")
    check(brazilian, "home")
    for button, name in (("Chaves", "Chaves"), ("Servidores", "Servidores"), ("Do Git", "Um projeto de um")):
        brazilian.get_by_role("button", name=button, exact=True).click()
        expect(brazilian.get_by_role("dialog").get_by_role("heading", name=name)).to_be_visible()
        all_portuguese(brazilian, f"home-{button}")
        brazilian.keyboard.press("Escape")
    brazilian.goto(f"{server.url}/nothing")
    expect(brazilian.get_by_role("heading", name="Nada aqui")).to_be_visible()
    all_portuguese(brazilian, "nothing")


def test_the_workbench_is_in_portuguese(brazilian: Page, server: Server) -> None:
    open_project(brazilian, server, imported(server))
    phone = brazilian.viewport_size == PHONE
    expect(
        brazilian.get_by_placeholder("Peça uma mudança…").or_(brazilian.get_by_label("Peça uma mudança"))
    ).to_be_attached()
    for name in ("Chat", "Prévia", "Código", "Logs"):
        if phone:
            brazilian.locator(".wb-bottom").get_by_role("button", name=name).click()
        elif name != "Chat":
            brazilian.get_by_role("tab", name=re.compile(f"^{name}")).first.click()
        all_portuguese(brazilian, f"workbench-{name}")
    brazilian.get_by_role("button", name="Compartilhar", exact=True).click()
    expect(brazilian.get_by_role("dialog")).to_contain_text("Um link público mostra seu app")
    expect(brazilian.get_by_text("Nenhum segredo encontrado nos arquivos.")).to_be_visible()
    all_portuguese(brazilian, "share")
    brazilian.get_by_role("button", name="Criar um link").click()
    expect(brazilian.get_by_role("button", name="Revogar")).to_be_visible()
    all_portuguese(brazilian, "shared")
    check(brazilian, "share")
    brazilian.keyboard.press("Escape")
    brazilian.keyboard.press("F1")
    expect(brazilian.get_by_role("dialog")).to_contain_text("Pedir uma mudança")
    all_portuguese(brazilian, "palette")


@pytest.fixture(scope="module")
def escola(make_server: Callable[..., Server]) -> Server:
    owner = {"OWNER_PASSWORD": "a long enough password", "OWNER_EMAIL": "owner@example.org"}
    return make_server(HOST="127.0.0.1", ACCOUNTS="open", **owner)


def test_signing_in_and_the_account_are_in_portuguese(
    brazilian: Page, escola: Server, make_page: Callable[..., Page]
) -> None:
    brazilian.goto(escola.url)
    expect(brazilian.get_by_role("button", name="Entrar")).to_be_visible()
    all_portuguese(brazilian, "sign-in")
    brazilian.get_by_role("link", name="Criar uma conta").click()
    brazilian.get_by_label("Nome").fill("Ana")
    width = brazilian.viewport_size["width"] if brazilian.viewport_size else 0
    brazilian.get_by_label("Endereço de e-mail").fill(f"ana-{width}@example.org")
    brazilian.get_by_label("Nova senha").fill("curta")
    brazilian.get_by_label("Nova senha").fill(PASSWORD)
    brazilian.keyboard.press("Enter")
    expect(brazilian.get_by_label("Descreva o app que você quer")).to_be_visible()
    for path, heading in (("/account", "Sua conta"), ("/teams", "Equipes")):
        brazilian.goto(escola.url + path)
        expect(brazilian.get_by_role("heading", name=heading, exact=True)).to_be_visible()
        expect(brazilian.get_by_text("Este aqui").or_(brazilian.get_by_text("Crie uma para trabalhar"))).to_be_visible()
        all_portuguese(brazilian, path[1:])
    brazilian.goto(f"{escola.url}/account")
    language = brazilian.get_by_label("Idioma das páginas e dos e-mails")
    expect(language).to_have_value("pt-BR")
    language.select_option("en")
    brazilian.get_by_role("button", name="Salvar", exact=True).first.click()
    expect(brazilian.get_by_role("heading", name="Your account")).to_be_visible()
    # Their language comes along to another browser.
    other = make_page(locale="pt-BR")
    other.goto(escola.url)
    other.get_by_label("Endereço de e-mail").fill(f"ana-{width}@example.org")
    other.get_by_label("Senha").fill(PASSWORD)
    other.get_by_role("button", name="Entrar", exact=True).click()
    expect(other.get_by_label("Describe the app you want")).to_be_visible()


def test_a_language_is_chosen_at_the_foot_of_the_page_and_kept(make_page: Callable[..., Page], server: Server) -> None:
    page = make_page(locale="en-GB")
    page.goto(server.url)
    expect(page.get_by_role("button", name="English")).to_have_attribute("aria-pressed", "true")
    page.get_by_role("button", name="Português (Brasil)").click()
    expect(page.get_by_role("heading", name="O que você quer criar?")).to_be_visible()
    expect(page.get_by_role("button", name="Português (Brasil)")).to_have_attribute("aria-pressed", "true")
    page.goto(f"{server.url}/p/nothing")
    expect(page.get_by_role("heading", name="Não existe esse projeto")).to_be_visible()
    page.goto(server.url)
    page.get_by_role("button", name="English").click()
    expect(page.get_by_role("heading", name="What do you want to make?")).to_be_visible()


def test_the_offline_demo_answers_in_portuguese(make_page: Callable[..., Page], server: Server) -> None:
    page = make_page(locale="pt-BR")
    page.goto(server.url)
    page.get_by_label("Descreva o app que você quer").fill("um quadro kanban para minha equipe")
    page.get_by_role("button", name="Criar", exact=True).click()
    expect(page.locator(".wb-chat")).to_contain_text("feito pela demonstração offline")
    expect(page.locator("iframe.wb-frame[data-painted=true]")).to_be_attached()
    page.get_by_label("Peça uma mudança").fill("deixe o cabeçalho verde")
    page.keyboard.press("Enter")
    expect(page.locator(".wb-chat")).to_contain_text("Mudou a cor do cabeçalho para verde")
    all_portuguese(page, "demo")


@pytest.mark.parametrize("language", ["en", "pt-BR"])
@pytest.mark.parametrize("encoding", ["br", "gzip"])
def test_a_page_and_its_code_come_compressed(server: Server, language: str, encoding: str) -> None:
    with httpx.Client(
        base_url=server.url, headers={"accept-language": language, "accept-encoding": encoding}
    ) as browser:
        page = browser.get("/")
        code = set(re.findall(r"/assets/[\w.-]+\.(?:js|css)", page.text))
        assert code
        for answer in (page, *(browser.get(path) for path in code)):
            assert int(answer.headers["content-length"]) < 256 or answer.headers["content-encoding"] == encoding, (
                answer.url
            )
