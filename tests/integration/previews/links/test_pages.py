"""What stands around the app of a live link: frames, the card where its address is posted, the badge, copies, visits."""

from __future__ import annotations

import re
from typing import Any

import pytest

from builder.accounts.actor import LOCAL_OWNER as ME
from builder.previews.links.tables import ShareLink
from builder.previews.links.terms import LinkChange, Terms
from builder.projects.store import ChangeOfProject
from preview_runtime.file_tree import FileTree
from tests.integration.previews.links.conftest import Stage

PAGE = "<!doctype html><html><head><title>x</title></head><body><p>the page</p></body></html>"
PICTURE = b"RIFF\x04\x00\x00\x00WEBPVP8 "


class Shared:
    """A project with a title, a description and a picture, and a link to it."""

    def __init__(self, stage: Stage, project: str, share: str) -> None:
        self.services, self.project, self.share = stage.services, project, share
        self.url = stage.settings.preview_origin(share) + "/"

    async def change(self, **terms: Any) -> None:
        await self.services.shares.change(ME, self.project, self.share, LinkChange(**terms))

    async def views(self) -> int:
        await self.services.link_pages.write()
        return (await self.services.shares.list(ME, self.project))[0].views


async def shared(stage: Stage, files: dict[str, str] | None = None, **terms: Any) -> Shared:
    store = stage.services.store
    project = await store.create(ME, 'Tea & "Cake"')
    await store.commit(ME, project.id, FileTree(files or {"index.html": PAGE}), kind="import", label="")
    await store.set_thumbnail(ME, project.id, PICTURE)
    await store.change(ME, project.id, ChangeOfProject(description="Orders <b>tea</b>"))
    share = await stage.services.shares.create(ME, project.id, Terms(**terms))
    return Shared(stage, project.id, share.id)


async def test_where_the_address_is_posted_it_has_a_title_a_text_and_a_picture(stage: Stage) -> None:
    link = await shared(stage)
    page = (await stage.visitor().opened(link.url)).text
    head = page.partition("</head>")[0]
    assert '<meta property="og:title" content="Tea &amp; &quot;Cake&quot;">' in head
    assert '<meta property="og:description" content="Orders &lt;b&gt;tea&lt;/b&gt;">' in head
    assert '<meta name="twitter:card" content="summary_large_image">' in head
    picture = re.search(r'og:image" content="([^"]+)"', head)
    assert picture
    assert picture[1].startswith(link.url)
    answer = await stage.visitor().previews.get(picture[1])
    assert (answer.content, answer.headers["content-type"]) == (PICTURE, "image/webp")


async def test_what_the_app_says_of_itself_stays(stage: Stage) -> None:
    own = PAGE.replace("<title>", '<meta property="og:title" content="Mine"><title>')
    page = (await stage.visitor().opened((await shared(stage, {"index.html": own})).url)).text
    assert page.count("og:title") == 1


async def test_a_picture_is_public_as_long_as_its_link_is(stage: Stage) -> None:
    link = await shared(stage)
    picture = link.url + "@sayso/picture"
    assert (await stage.visitor().previews.get(picture)).status_code == 200
    await link.change(access="password", password="open sesame")
    assert (await stage.visitor().previews.get(picture)).status_code == 401
    await link.change(access="public")
    assert (await stage.visitor().previews.get(picture)).status_code == 200
    await stage.services.shares.revoke(ME, link.project, link.share)
    assert (await stage.visitor().previews.get(picture)).status_code == 404


async def test_a_project_s_own_preview_has_nothing_of_it(stage: Stage) -> None:
    link = await shared(stage)
    preview = stage.settings.preview_origin(link.project) + "/"
    page = await stage.visitor().opened(preview)
    assert "og:title" not in page.text
    assert "Made with" not in page.text
    assert (await stage.visitor().previews.get(preview + "@sayso/picture")).status_code == 404


async def test_other_sites_frame_it_where_its_owner_lets_them_and_it_is_public(stage: Stage) -> None:
    link = await shared(stage)

    async def policy() -> str:
        return (await stage.visitor().opened(link.url)).headers["content-security-policy"]

    assert await policy() != "frame-ancestors *"
    await link.change(framed=True)
    assert await policy() == "frame-ancestors *"
    await link.change(access="password", password="open sesame")
    assert await policy() != "frame-ancestors *"
    await link.change(access="public", framed=False)
    assert await policy() != "frame-ancestors *"


async def test_the_badge_can_be_switched_off(stage: Stage) -> None:
    link = await shared(stage)
    assert "Made with Sayso" in (await stage.visitor().opened(link.url)).text
    speaks = {"accept-language": "pt-BR"}
    await link.change(badge=False)
    assert "Made with Sayso" not in (await stage.visitor().opened(link.url, **speaks)).text


async def test_visits_of_people_are_counted(stage: Stage) -> None:
    link = await shared(stage)
    person = {"user-agent": "Mozilla/5.0 Firefox/140.0"}
    for _ in range(3):
        await stage.visitor().opened(link.url, **person)
    await stage.visitor().opened(link.url, **{"user-agent": "facebookexternalhit/1.1"})
    await stage.visitor().previews.get(link.url, headers=person)  # no page: a script fetches it
    await stage.visitor().opened(stage.settings.preview_origin("a" * 16), **person)
    assert await link.views() == 3
    await stage.visitor().opened(link.url, **person)
    assert await link.views() == 4


async def test_a_visitor_makes_a_copy_without_what_is_secret(stage: Stage) -> None:
    files = {"index.html": PAGE, "src/a.ts": "// mine\n", ".env": "SESSION=abc\n"}
    link = await shared(stage, files, remix=True)
    visitor = stage.visitor()
    page = (await visitor.opened(link.url)).text
    target = re.search(r'href="([^"]+/remix/[^"]+)"', page)
    assert target
    asked = await visitor.builder.get(target[1])
    assert "Make my copy" in asked.text
    made = await visitor.builder.post(target[1])
    assert made.status_code == 303
    copy = made.headers["location"].removeprefix("/p/")
    tree = await stage.services.store.head_tree(ME, copy)
    assert dict(tree.items()) == {"index.html": PAGE, "src/a.ts": "// mine\n"}
    project = await stage.services.store.get(ME, copy)
    assert (project.description, project.prompt) == ("Orders <b>tea</b>", "")
    assert await stage.services.store.thumbnail(ME, copy) == PICTURE


@pytest.mark.parametrize(
    "terms", [{}, {"remix": True, "access": "password", "password": "open sesame"}], ids=["not allowed", "a password"]
)
async def test_what_may_not_be_copied_is_not(stage: Stage, terms: dict[str, Any]) -> None:
    link = await shared(stage, **terms)
    for ask in (stage.visitor().builder.get, stage.visitor().builder.post):
        answer = await ask(f"/remix/{link.share}")
        assert (answer.status_code, "Cake" in answer.text) == (404, False)
    assert len(await stage.services.store.list(ME)) == 1


async def test_a_copy_ends_with_its_link(stage: Stage) -> None:
    link = await shared(stage, remix=True)
    await stage.services.shares.revoke(ME, link.project, link.share)
    assert (await stage.visitor().builder.post(f"/remix/{link.share}")).status_code == 404


async def test_a_secret_is_not_copied_and_not_shown_to_the_visitor(stage: Stage) -> None:
    link = await shared(stage, remix=True)
    secret = "sk_live_" + "51Hqp9vKd0aT3xWz8RbYc2LmN"
    tree = FileTree({"index.html": PAGE, "pay.ts": f'const key = "{secret}";\n'})
    version = await stage.services.store.commit(ME, link.project, tree, kind="import", label="")
    async with stage.services.db.session() as session:  # as by a Sayso that did not look for secrets
        row = await session.get(ShareLink, link.share)
        assert row is not None
        row.version = version.id
    answer = await stage.visitor().builder.post(f"/remix/{link.share}")
    assert answer.status_code == 409
    assert "cannot be copied at the moment" in answer.text
    assert "pay.ts" not in answer.text


async def test_the_code_of_a_link_is_a_picture_with_its_address(stage: Stage) -> None:
    link = await shared(stage)
    answer = await stage.visitor().builder.get(f"/api/v1/projects/{link.project}/shares/{link.share}/qr.svg")
    assert answer.headers["content-type"] == "image/svg+xml"
    assert answer.text.startswith("<?xml")
    other = await shared(stage)
    missing = await stage.visitor().builder.get(f"/api/v1/projects/{other.project}/shares/{link.share}/qr.svg")
    assert missing.status_code == 404
