"""A repository made at GitHub Enterprise and at GitLab, by servers that speak their APIs, with Git's own server behind."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from builder.composition.settings import Settings
from tests.integration.projects.git.forge import READ_ONLY, Forge
from tests.integration.projects.git.git_server import TOKEN, GitServer
from tests.integration.projects.git.test_git import PAGE, goes_with, project_of
from tests.integration.server import serving


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return settings.model_copy(update={"git_private_hosts": "127.0.0.1"})


@pytest.fixture(params=["github", "gitlab"])
async def forge(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[tuple[Forge, str]]:
    (tmp_path / "repositories").mkdir()
    made = Forge(tmp_path / "repositories", request.param)
    async with serving(made) as address:
        yield made, f"http://{address}"


async def asked(api: httpx.AsyncClient, url: str, token: str) -> tuple[str, httpx.Response]:
    project = await project_of(api, PAGE)
    await goes_with(api, project, url, token=token)
    return project, await api.post(f"/projects/{project}/git/repository")


@pytest.mark.parametrize("owner", ["ada", "club"])
async def test_it_is_made_private_and_takes_the_versions(
    api: httpx.AsyncClient, forge: tuple[Forge, str], owner: str
) -> None:
    server, address = forge
    project, made = await asked(api, f"{address}/{owner}/bees.git", TOKEN)
    assert made.status_code == 201, made.text
    assert (made.json()["ahead"], made.json()["there"]) == (1, False)
    (_, wanted), *others = server.asked
    assert others == []
    assert wanted.get("private") is True or wanted["visibility"] == "private"
    pushed = await api.post(f"/projects/{project}/git/push", json={})
    assert (pushed.status_code, pushed.json()["ahead"]) == (200, 0)
    # Somebody else's is not made anew.
    _, again = await asked(api, f"{address}/{owner}/bees.git", TOKEN)
    assert (again.status_code, again.json()["error"]["code"]) == (422, "git_taken")


@pytest.mark.parametrize("forge", ["gitlab"], indirect=True)
async def test_it_is_made_in_a_group_within_a_group(api: httpx.AsyncClient, forge: tuple[Forge, str]) -> None:
    server, address = forge
    _, made = await asked(api, f"{address}/club/apps/bees", TOKEN)
    assert made.status_code == 201, made.text
    assert server.asked[0][1]["namespace_id"] == 9


@pytest.mark.parametrize(
    ("owner", "token", "code"),
    [
        ("ada", "a-token-that-nobody-knows", "git_sign_in"),
        ("ada", READ_ONLY, "git_may_not_make"),
        ("strangers", TOKEN, "git_may_not_make"),
        ("ada", "", "git_token_needed"),
    ],
)
async def test_why_it_is_not_made_is_said_and_the_token_never(
    api: httpx.AsyncClient, forge: tuple[Forge, str], owner: str, token: str, code: str
) -> None:
    server, address = forge
    _, answer = await asked(api, f"{address}/{owner}/bees", token)
    assert (answer.status_code, answer.json()["error"]["code"]) == (409, code)
    assert server.asked == []
    assert not token or token not in answer.text


async def test_another_kind_of_server_makes_none(api: httpx.AsyncClient, tmp_path: Path) -> None:
    (tmp_path / "plain").mkdir()
    async with serving(GitServer(tmp_path / "plain")) as address:
        _, answer = await asked(api, f"http://{address}/ada/bees", TOKEN)
    assert (answer.status_code, answer.json()["error"]["code"]) == (422, "git_cannot_make")


async def test_no_token_is_sent_into_a_private_network(api: httpx.AsyncClient) -> None:
    _, answer = await asked(api, "https://127.0.0.2/ada/bees", TOKEN)
    assert (answer.status_code, answer.json()["error"]["code"]) == (422, "git_private")
