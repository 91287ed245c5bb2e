"""What this installation lets Git reach."""

from __future__ import annotations

from pydantic import Field

from builder.base.settings import SettingsGroup


class GitSettings(SettingsGroup):
    """Git"""

    git_private_hosts: str = Field(
        "",
        description="Hosts of your own network that repositories may be on, separated by commas; these also by http. "
        "All others are reached at public addresses only.",
    )
