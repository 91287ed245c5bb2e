"""What a live link has beside its app: how it looks where its address is posted, a badge, and a count of its visits."""

from __future__ import annotations

import asyncio
import html
import logging
import re
from collections import Counter
from typing import Final

from sqlalchemy import update
from sqlmodel import col

from builder.base.db import Database
from builder.base.settings import AddressSettings
from builder.previews.links.shapes import REMIX, may_remix
from builder.previews.links.shares import Shares
from builder.previews.links.tables import ShareLink
from builder.projects.blobs import raw, readable_blobs
from builder.projects.tables import Project
from builder.texts import spoken, t
from preview_runtime.page_additions import Additions
from preview_runtime.routes.preview_host import PICTURE

log = logging.getLogger(__name__)
_EVERY_SECONDS: Final = 5.0
_PROGRAMS: Final = re.compile(
    r"bot|crawl|spider|slurp|preview|facebookexternalhit|whatsapp|embedly|curl/|wget/|python-|^$", re.IGNORECASE
)
# In a shadow root: neither the app's styles reach it, nor its own the app.
_BADGE: Final = (
    '<sayso-badge role="complementary" aria-label="Sayso" style="all:initial"><template shadowrootmode="open"><style>'
    "a{{position:fixed;right:12px;bottom:12px;z-index:2147483647;padding:4px 10px;border-radius:999px;"
    "color-scheme:light dark;font:12px/1.5 system-ui,sans-serif;text-decoration:none;"
    "background:light-dark(#fff,#15181e);color:light-dark(#1c1b1a,#eceae6);border:1px solid light-dark(#8a857f,#7d8087)}}"
    "a:hover{{text-decoration:underline}}a:focus-visible{{outline:3px solid light-dark(#c2410c,#ff7a45);outline-offset:2px}}"
    '@media print{{a{{display:none}}}}</style><a lang="{language}" href="{target}" target="_blank" rel="noopener">{text}</a>'
    "</template></sayso-badge>"
)


class PagesOfLinks:
    """Satisfies the preview host's `LinkPages`. Visits are counted in memory and written every few seconds: of a process
    that is killed, the last ones are not counted."""

    def __init__(self, db: Database, shares: Shares, settings: AddressSettings) -> None:
        self._db, self._shares, self._settings = db, shares, settings
        self._visits: Counter[str] = Counter()

    def framed(self, preview_id: str) -> bool:
        return self._shares.doors.framed(preview_id)

    def seen(self, preview_id: str, agent: str) -> None:
        if self._shares.doors.knows(preview_id) and not _PROGRAMS.search(agent):
            self._visits[preview_id] += 1

    async def additions(self, preview_id: str) -> Additions | None:
        found = await self._found(preview_id)
        if found is None:
            return None
        share, project = found
        return Additions(self._tags(share, project), self._badge(share) if share.badge else b"")

    async def picture(self, preview_id: str) -> tuple[bytes, str] | None:
        found = await self._found(preview_id)
        if found is None or not (sha := found[1].thumbnail):
            return None
        async with self._db.reader() as session:
            whole, _ = await readable_blobs(session, found[1].owner, [sha])
        if sha not in whole:
            return None
        picture = raw(whole[sha])
        return picture, "image/png" if picture.startswith(b"\x89PNG") else "image/webp"

    async def write(self) -> None:
        """Write the visits since the last time."""
        visits, self._visits = self._visits, Counter()
        if not visits:
            return
        try:
            async with self._db.session() as session:
                for share, count in sorted(visits.items()):
                    query = update(ShareLink).where(col(ShareLink.id) == share)
                    await session.execute(query.values(views=col(ShareLink.views) + count))
        except BaseException:
            self._visits.update(visits)
            raise

    async def run(self) -> None:
        """Write them until cancelled, and what is left then."""
        try:
            while True:
                await asyncio.sleep(_EVERY_SECONDS)
                await self.write()
        finally:
            await asyncio.shield(self.write())

    async def _found(self, preview_id: str) -> tuple[ShareLink, Project] | None:
        if not self._shares.doors.knows(preview_id):
            return None
        share = await self._shares.find(preview_id)
        if share is None:
            return None
        async with self._db.reader() as session:
            project = await session.get(Project, share.project)
        return (share, project) if project else None

    def _tags(self, share: ShareLink, project: Project) -> tuple[tuple[bytes, bytes], ...]:
        """https://ogp.me and the cards of X; a card that the app has itself stays."""
        origin = self._settings.preview_origin(share.id)
        named = [("og:title", project.title), ("og:type", "website"), ("og:url", f"{origin}/")]
        if project.description:
            named.append(("og:description", project.description))
        if project.thumbnail:
            named.append(("og:image", f"{origin}{PICTURE}?{project.thumbnail[:12]}"))
        tags = [(f'"{name}"', f'<meta property="{name}" content="{html.escape(value)}">') for name, value in named]
        card = "summary_large_image" if project.thumbnail else "summary"
        tags.append(('"twitter:card"', f'<meta name="twitter:card" content="{card}">'))
        if project.description:
            text = html.escape(project.description)
            tags.append(('"description"', f'<meta name="description" content="{text}">'))
        return tuple((words.encode(), tag.encode()) for words, tag in tags)

    def _badge(self, share: ShareLink) -> bytes:
        path = f"{REMIX}/{share.id}" if may_remix(share) else "/"
        words = t("link.remix") if may_remix(share) else t("link.made_with")
        target = html.escape(f"{self._settings.url}{path}")
        return _BADGE.format(language=spoken(), target=target, text=html.escape(words)).encode()
