"""Signing in with Google and GitHub, by the protocol that they speak, and what nobody gets in by."""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
import time
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pyotp
import pytest
from joserfc.jwk import ECKey

from builder.composition.settings import Settings
from tests.integration.accounts.identities.provider import CLIENT, SECRET, LocalProvider, ProviderPerson, local_provider
from tests.integration.accounts.people.school import PASSWORD, School, school

GOOGLE, GITHUB = "google", "github"


@pytest.fixture
async def provider() -> AsyncIterator[LocalProvider]:
    async with local_provider() as made:
        yield made


def of(provider: LocalProvider) -> dict[str, str]:
    """The settings of an installation that asks this provider."""
    return {
        "google_client_id": CLIENT, "google_client_secret": SECRET, "google_issuer": provider.url,
        "github_client_id": CLIENT, "github_client_secret": SECRET, "github_url": provider.url,
    }  # fmt: skip


def with_providers(settings: Settings, provider: LocalProvider) -> Settings:
    # Through the environment's own way in, so that secrets are secrets.
    return Settings(**{**settings.model_dump(), **of(provider), "accounts": "open"})


@pytest.fixture
async def house(settings: Settings, provider: LocalProvider) -> AsyncIterator[School]:
    async with school(with_providers(settings, provider)) as made:
        yield made


def local(address: str) -> str:
    return address.removeprefix("http://localhost:8000")


async def begun(browser: httpx.AsyncClient, name: str, query: str = "") -> str:
    """The address at the provider."""
    answer = await browser.get(f"/api/v1/auth/oauth/{name}/start{query}")
    assert answer.status_code == 303, answer.text
    return answer.headers["location"]


async def allowed(address: str) -> str:
    """The person says yes there: the address that the provider sends the browser back to."""
    # Plain HTTP: reading all certificates would take 50 ms each time.
    async with httpx.AsyncClient(verify=False) as person:
        answer = await person.get(address)
    assert answer.status_code == 303, answer.text
    return local(answer.headers["location"])


async def came(browser: httpx.AsyncClient, name: str = GOOGLE, query: str = "") -> httpx.Response:
    """The whole way there and back."""
    back = await allowed(await begun(browser, name, query))
    # From the provider's site, and without the header of programs.
    return await browser.get(back, headers={"Sec-Fetch-Site": "cross-site", "X-Sayso-Client": ""})


async def me(browser: httpx.AsyncClient) -> dict[str, Any]:
    answer = await browser.get("/api/v1/me")
    return answer.json()["account"] if answer.status_code == 200 else {}


@pytest.mark.parametrize("name", [GOOGLE, GITHUB])
async def test_whoever_has_no_account_gets_one_with_a_confirmed_address(house: School, name: str) -> None:
    browser = house.caller()
    page = (await browser.get("/sign-in?next=/p/x")).text
    assert f"/api/v1/auth/oauth/{name}/start?next=%2Fp%2Fx" in page
    answer = await came(browser, name, "?next=/p/x")
    assert (answer.status_code, answer.headers["location"]) == (303, "/p/x")
    person = await me(browser)
    assert (person["email"], person["name"], person["email_verified"]) == ("ana@example.org", "Ana Lima", True)
    assert (person["has_password"], person["username"]) == (False, "ana")
    sessions = (await browser.get("/api/v1/me/sessions")).json()["sessions"]
    assert [one["method"] for one in sessions] == [name]
    again = house.caller()
    await came(again, name)
    assert (await me(again))["id"] == person["id"]


async def test_an_address_at_the_provider_may_change_the_person_is_the_same(
    house: School, provider: LocalProvider
) -> None:
    browser, again = house.caller(), house.caller()
    await came(browser)
    provider.person = ProviderPerson(email="ana.lima@example.org")
    await came(again)
    assert (await me(again))["email"] == "ana@example.org"


async def test_an_address_that_has_an_account_is_tied_after_one_sign_in_with_it_and_not_before(house: School) -> None:
    ana = await house.signed_up("ana@example.org")
    browser, other = house.caller(), house.caller()
    answer = await came(browser)
    assert (answer.status_code, await me(browser)) == (200, {})
    assert "There is an account with this e-mail address" in answer.text
    assert 'value="ana@example.org"' in answer.text
    assert (await came(other), await me(other))[1] == {}  # still not
    await house.signed_up("eve@example.org")
    entered = await browser.post("/sign-in", data={"email": "ana@example.org", "password": PASSWORD})
    assert entered.status_code == 303
    fresh = house.caller()
    await came(fresh)
    assert (await me(fresh))["id"] == (await me(ana))["id"]
    letters = await house.letters("ways_changed")
    assert [(one["to"], one["change"], one["what"]) for one in letters] == [
        ("ana@example.org", "provider_added", "Google")
    ]


async def test_what_waits_for_one_account_is_not_tied_to_another(house: School) -> None:
    await house.signed_up("ana@example.org")
    await house.signed_up("eve@example.org")
    browser, fresh = house.caller(), house.caller()
    await came(browser)
    await browser.post("/sign-in", data={"email": "eve@example.org", "password": PASSWORD})
    assert (await me(browser))["email"] == "eve@example.org"
    await came(fresh)
    assert await me(fresh) == {}
    assert (await browser.get("/api/v1/me/identities")).json() == {"identities": []}


async def test_whoever_is_signed_in_ties_a_provider_and_takes_it_away(house: School, provider: LocalProvider) -> None:
    browser = await house.signed_up("bea@example.org")
    provider.person = ProviderPerson("7", "private@example.org")
    answer = await came(browser, GITHUB, "?next=/account")
    assert (answer.status_code, answer.headers["location"]) == (303, "/account")
    (tied,) = (await browser.get("/api/v1/me/identities")).json()["identities"]
    assert (tied["provider"], tied["email"]) == ("github", "private@example.org")
    fresh = house.caller()
    await came(fresh, GITHUB)
    assert (await me(fresh))["email"] == "bea@example.org"
    other = await house.signed_up("eve@example.org")
    taken = await came(other, GITHUB)
    assert (taken.status_code, "lets somebody in here already" in taken.text) == (409, True)
    assert (await browser.delete("/api/v1/me/identities/github")).status_code == 204
    gone = house.caller()
    await came(gone, GITHUB)
    assert (await me(gone))["email"] == "private@example.org"  # an account of its own


async def test_the_last_way_in_is_not_taken_away(house: School) -> None:
    browser = house.caller()
    await came(browser)
    answer = await browser.delete("/api/v1/me/identities/google")
    assert (answer.status_code, answer.json()["error"]["code"]) == (409, "last_way")
    body = {"current": "", "new": "another long one"}
    assert (await browser.put("/api/v1/auth/password", json=body)).status_code == 204
    assert (await browser.delete("/api/v1/me/identities/google")).status_code == 204
    await house.program("ana@example.org", "another long one")


async def test_without_a_password_a_sign_in_long_ago_is_no_proof(
    house: School, monkeypatch: pytest.MonkeyPatch
) -> None:
    browser = house.caller()
    await came(browser)
    monkeypatch.setattr("builder.accounts.people.sessions.FRESH", timedelta(seconds=-1))
    for method, path, body in (
        ("PUT", "/auth/password", {"current": "", "new": "another long one"}),
        ("DELETE", "/me", {"password": ""}),
        ("POST", "/me/passkeys/options", {"password": ""}),
    ):
        answer = await browser.request(method, f"/api/v1{path}", json=body)
        assert (answer.status_code, answer.json()["error"]["code"]) == (401, "sign_in_again"), path


@pytest.mark.parametrize("name", [GOOGLE, GITHUB])
async def test_an_address_that_the_provider_has_not_confirmed_counts_for_nothing(
    house: School, provider: LocalProvider, name: str
) -> None:
    provider.person = ProviderPerson(verified=False)
    browser = house.caller()
    answer = await came(browser, name)
    assert (answer.status_code, "has not confirmed your e-mail address" in answer.text) == (403, True)
    assert await me(browser) == {}


def unsigned() -> str:
    def part(value: object) -> str:
        return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()

    return f"{part({'alg': 'none'})}.{part({'sub': '1', 'aud': CLIENT})}."


@pytest.mark.parametrize(
    "twist",
    [
        {"nonce": "another"},
        {"nonce": ""},
        {"iss": "https://accounts.google.com.evil.example"},
        {"aud": "another-client"},
        {"aud": [CLIENT, "another-client"]},
        {"exp": int(time.time()) - 3600},
        {"iat": int(time.time()) + 3600},
        {"key": ECKey.generate_key("P-256", {"kid": "one"})},
        {"id_token": unsigned()},
        {"id_token": "no token"},
        {"answer_iss": "https://evil.example"},
    ],
    ids=lambda twist: "-".join(twist) + (f"-{twist['nonce']}" if "nonce" in twist else ""),
)
async def test_a_token_that_proves_nobody_lets_nobody_in(
    house: School, provider: LocalProvider, twist: dict[str, Any]
) -> None:
    await came(house.caller())  # the account is there
    provider.twists = twist
    browser = house.caller()
    answer = await came(browser)
    assert answer.status_code in (401, 422)
    assert 'role="alert"' in answer.text
    assert await me(browser) == {}


async def test_an_answer_is_taken_once_and_only_by_the_browser_that_asked(house: School) -> None:
    browser, other = house.caller(), house.caller()
    back = await allowed(await begun(browser, GOOGLE))
    stolen = await other.get(back)
    assert (stolen.status_code, await me(other)) == (422, {})
    await begun(other, GOOGLE)  # with an attempt of its own
    assert ((await other.get(back)).status_code, await me(other)) == (422, {})
    cookies = dict(browser.cookies)
    assert (await browser.get(back)).status_code == 303
    assert (await me(browser))["email"] == "ana@example.org"
    replayed = house.caller()
    replayed.cookies.update(cookies)
    assert ((await replayed.get(back)).status_code, await me(replayed)) == (422, {})


async def test_an_attempt_that_took_too_long_is_over(house: School, monkeypatch: pytest.MonkeyPatch) -> None:
    browser = house.caller()
    back = await allowed(await begun(browser, GOOGLE))
    really = time.time
    monkeypatch.setattr("itsdangerous.timed.time.time", lambda: really() + 601)
    answer = await browser.get(back)
    assert (answer.status_code, "took too long" in answer.text) == (422, True)


async def test_a_code_is_exchanged_only_with_its_verifier(house: School, provider: LocalProvider) -> None:
    """A code that somebody else saw, brought to their own attempt."""
    victim, thief = house.caller(), house.caller()
    seen = parse_qs(urlsplit(await allowed(await begun(victim, GOOGLE))).query)["code"][0]
    own = await allowed(await begun(thief, GOOGLE))
    swapped = own.replace(parse_qs(urlsplit(own).query)["code"][0], seen)
    assert ((await thief.get(swapped)).status_code, await me(thief)) == (401, {})


async def test_who_says_no_there_is_told_so_here(house: School, provider: LocalProvider) -> None:
    provider.refuses = True
    browser = house.caller()
    answer = await came(browser)
    assert (answer.status_code, "did not let you in" in answer.text) == (422, True)


async def test_a_document_of_another_issuer_is_not_taken(house: School, provider: LocalProvider) -> None:
    provider.twists = {"issuer": "https://evil.example"}
    answer = await house.caller().get("/api/v1/auth/oauth/google/start")
    assert (answer.status_code, answer.json()["error"]["code"]) == (401, "unproven")


async def test_a_provider_that_does_not_answer_is_named(settings: Settings, provider: LocalProvider) -> None:
    provider.url = "http://127.0.0.1:9"
    async with school(with_providers(settings, provider)) as made:
        answer = await made.caller().get("/api/v1/auth/oauth/google/start")
        assert (answer.status_code, answer.json()["error"]["code"]) == (502, "provider_away")


async def test_nobody_is_sent_on_to_another_site(house: School) -> None:
    for target in ("https://evil.example", "//evil.example", "/\\evil.example", "javascript:alert(1)"):
        browser = house.caller()
        answer = await came(browser, GOOGLE, f"?next={target}")
        assert answer.headers["location"] == "/"


async def test_a_page_of_another_site_begins_nothing(house: School) -> None:
    answer = await house.caller().get("/api/v1/auth/oauth/google/start", headers={"Sec-Fetch-Site": "cross-site"})
    assert (answer.status_code, answer.json()["error"]["code"]) == (403, "cross_origin")


async def test_by_invitation_who_was_invited_gets_an_account(settings: Settings, provider: LocalProvider) -> None:
    async with school(with_providers(settings, provider), accounts="invite") as made:
        browser = made.caller()
        answer = await came(browser)
        assert (answer.status_code, "has to be invited" in answer.text) == (403, True)
        invite = (await made.services.people.links.invite("somebody@example.org")).rpartition("=")[2]
        assert f"invite={invite}" in (await browser.get(f"/sign-up?invite={invite}")).text
        assert (await came(browser, GOOGLE, f"?invite={invite}")).status_code == 303
        assert (await me(browser))["email"] == "ana@example.org"
        provider.person = ProviderPerson("2", "bob@example.org")
        assert (await came(made.caller(), GOOGLE, f"?invite={invite}")).status_code == 403


async def test_a_code_of_the_app_is_asked_for_as_well(house: School) -> None:
    browser = house.caller()
    await came(browser)
    made = (await browser.post("/api/v1/me/codes")).json()
    app = pyotp.TOTP(made["secret"])
    await browser.put("/api/v1/me/codes", json={"code": app.at(time.time() - 30)})
    fresh = house.caller()
    answer = await came(fresh, GOOGLE, "?next=/p/x")
    assert (answer.status_code, await me(fresh)) == (200, {})
    step = answer.text.partition('name="step" value="')[2].partition('"')[0]
    entered = await fresh.post("/sign-in?next=/p/x", data={"step": step, "code": app.now()})
    assert (entered.status_code, entered.headers["location"]) == (303, "/p/x")


async def test_a_suspended_person_is_not_let_in(house: School) -> None:
    browser = house.caller()
    await came(browser)
    await house.services.people.register.suspend((await me(browser))["id"])
    fresh = house.caller()
    answer = await came(fresh)
    assert (answer.status_code, await me(fresh)) == (403, {})


async def test_a_program_signs_its_person_in_with_pkce(house: School, provider: LocalProvider) -> None:
    async with house.caller() as program:
        (google, _) = (await program.get("/api/v1/auth/oauth")).json()["providers"]
        assert google == {"name": "google", "title": "Google", "client_id": CLIENT}
        verifier, redirect = secrets.token_urlsafe(32), "http://127.0.0.1:4000/back"
        challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
        asked = f"client_id={CLIENT}&response_type=code&redirect_uri={redirect}&state=x&nonce=mine"
        there = f"{provider.url}/authorize?{asked}&code_challenge={challenge}&code_challenge_method=S256"

        async def shown(**more: str) -> httpx.Response:
            code = parse_qs(urlsplit(await allowed(there)).query)["code"][0]
            body = {"code": code, "redirect_uri": redirect, "code_verifier": verifier, **more}
            return await program.post("/api/v1/auth/oauth/google", json=body)

        answer = await shown(nonce="mine")
        assert answer.status_code == 200, answer.text
        bearer = {"Authorization": f"Bearer {answer.json()['access_token']}"}
        assert (await program.get("/api/v1/me", headers=bearer)).json()["account"]["email"] == "ana@example.org"
        wrong = await shown(nonce="another")
        assert (wrong.status_code, wrong.json()["error"]["code"]) == (401, "unproven")
        assert (await shown(code_verifier="x" * 43)).status_code == 401
        for elsewhere in ("https://evil.example/back", "http://127.0.0.1@evil.example/", "http://127.0.0.1.evil/"):
            answer = await shown(redirect_uri=elsewhere)
            assert (answer.status_code, answer.json()["error"]["code"]) == (422, "wrong_redirect")
        provider.person = ProviderPerson("2", "owner@example.org")
        taken = await shown()
        assert (taken.status_code, taken.json()["error"]["code"]) == (409, "email_taken")


async def test_secrets_of_providers_are_in_no_answer(house: School) -> None:
    browser = house.caller()
    answer = await came(browser)
    kept = (await browser.get("/api/v1/auth/oauth")).text + (await browser.get("/sign-in")).text + answer.text
    assert SECRET not in kept
    assert SECRET not in repr(house.services.settings)
