"""The commands about accounts, as somebody at the computer types them."""

from __future__ import annotations

import argparse

import pytest

from builder import accounts_command
from builder.composition.settings import Settings
from tests.integration.accounts.people.school import PASSWORD, School, school


async def run(which: str, email: str = "") -> int:
    return await accounts_command.accounts(argparse.Namespace(which=which, email=email))


async def test_an_installation_without_a_password_is_begun_and_looked_after_at_the_computer(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    invited = settings.model_copy(update={"accounts": "invite", "docker_host": "unix:///nowhere/docker.sock"})
    monkeypatch.setattr(accounts_command, "get_settings", lambda: invited)
    assert await run("first", "boss@school.local") == 0
    first = capsys.readouterr().out.strip()
    assert await run("first", "eve@school.local") == 1
    assert await run("invite", "ana@school.local") == 0
    invitation = capsys.readouterr().out.strip()
    async with school(invited, accounts="invite", owner_password=invited.owner_password, owner_email="") as made:
        assert (await made.caller().post(first, data={"password": PASSWORD})).status_code == 200
        await signed_in(made, "boss@school.local")
        await made.signed_up("ana@school.local", invite=invitation.rpartition("=")[2])
    assert await run("list") == 0
    listed = capsys.readouterr().out.splitlines()
    assert [line.split()[:3] for line in listed] == [
        ["boss@school.local", "admin", "active"],
        ["ana@school.local", "member", "active"],
    ]
    assert await run("suspend", "boss@school.local") == 1  # nobody could look after it
    assert await run("admin", "ana@school.local") == 0
    assert await run("suspend", "boss@school.local") == 0
    assert await run("suspend", "nobody@school.local") == 1
    assert await run("reset", "ana@school.local") == 0
    assert "/reset?token=" in capsys.readouterr().out


async def test_where_accounts_are_off_it_says_how_to_turn_them_on(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(accounts_command, "get_settings", lambda: settings)
    assert await run("list") == 1
    assert "ACCOUNTS=invite" in capsys.readouterr().err


async def signed_in(made: School, email: str) -> None:
    assert (await made.program(email))["account"]["role"] == "admin"
