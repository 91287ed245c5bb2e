"""How long servers stay awake, and how many."""

from __future__ import annotations

from pydantic import Field

from builder.base.settings import SettingsGroup


class ServerSettings(SettingsGroup):
    """Servers"""

    preview_pause_minutes: float = Field(
        10, ge=0, description="A server nobody has used this long stands still, its memory kept. 0: never."
    )
    preview_stop_minutes: float = Field(
        30, ge=0, description="A server nobody has used this long is ended; the next request starts it. 0: never."
    )
    preview_remove_hours: float = Field(
        24,
        ge=0,
        description="The container of a server nobody has used this long is removed; its data stays. 0: never.",
    )
    preview_per_person: int = Field(10, ge=1, description="Servers of one person that may be awake at once.")
    preview_total: int = Field(30, ge=1, description="Servers that may be awake at once in all.")
    walk_data_mb: int = Field(
        256,
        ge=1,
        description="Apps that have stored more megabytes than this are not walked through with their server.",
    )
    preview_starts: int = Field(
        2, ge=1, description="Servers that start at the same moment; the others wait in a queue."
    )
