"""A zip that somebody worked on elsewhere comes back into its project: beside what was done here, never over it."""

from __future__ import annotations

from typing import Any

import httpx

from builder.accounts.actor import LOCAL_OWNER
from builder.composition.services import Services
from preview_runtime.file_tree import FileTree
from tests.integration.api.test_api import archive

BEFORE = {"index.html": "<h1>Shop</h1>\n", "app.js": "let price = 1;\n", "style.css": "h1 { color: red }\n"}


async def shop(services: Services) -> tuple[str, str]:
    """A project and its version."""
    project = (await services.store.create(LOCAL_OWNER, "Shop")).id
    version = await services.store.commit(
        LOCAL_OWNER, project, FileTree(BEFORE), kind="import", label="", expect_head=None
    )
    return project, version.id


async def sent(api: httpx.AsyncClient, project: str, files: dict[str, str], **query: str) -> Any:
    return await api.post(f"/projects/{project}/import", content=archive(files), params=query)


async def files_of(services: Services, project: str) -> dict[str, str | bytes]:
    return dict((await services.store.working_tree(LOCAL_OWNER, project)).items())


async def test_what_changed_there_and_what_changed_here_come_together(
    api: httpx.AsyncClient, services: Services
) -> None:
    project, base = await shop(services)
    await services.store.write_working(LOCAL_OWNER, project, {"style.css": "h1 { color: blue }\n"}, [], {})
    answer = await sent(api, project, {**BEFORE, "app.js": "let price = 2;\n", "cart.js": "let cart;\n"}, base=base)
    assert answer.status_code == 200
    assert answer.json()["version"]["label"] == "imported"
    assert await files_of(services, project) == {
        "index.html": BEFORE["index.html"], "style.css": "h1 { color: blue }\n", "app.js": "let price = 2;\n",
        "cart.js": "let cart;\n",
    }  # fmt: skip
    # The same once more brings nothing, and what the zip lacks stays.
    again = await sent(api, project, {"app.js": "let price = 2;\n"}, base=base)
    assert again.json() == {"version": None}
    assert "cart.js" in await files_of(services, project)


async def test_a_file_that_was_changed_on_both_sides_is_named_and_nothing_is_taken(
    api: httpx.AsyncClient, services: Services
) -> None:
    project, base = await shop(services)
    await services.store.write_working(LOCAL_OWNER, project, {"app.js": "let price = 3; // typed\n"}, [], {})
    answer = await sent(api, project, {**BEFORE, "app.js": "let price = 2;\n", "index.html": "<h1>Mine</h1>\n"})
    error = answer.json()["error"]
    assert (answer.status_code, error["code"], error["details"]["paths"]) == (409, "changed_meanwhile", ["app.js"])
    assert "app.js" in error["message"]
    assert await files_of(services, project) == {**BEFORE, "app.js": "let price = 3; // typed\n"}
    # Both made the same of it: no conflict.
    same = await sent(api, project, {**BEFORE, "app.js": "let price = 3; // typed\n"}, base=base)
    assert same.json() == {"version": None}


async def test_a_project_of_others_takes_no_zip(api: httpx.AsyncClient, services: Services) -> None:
    await shop(services)
    assert (await sent(api, "a" * 16, BEFORE)).status_code == 404
