"""What the guard may do."""

from __future__ import annotations

from pydantic import Field

from builder.base.settings import SettingsGroup


class GuardSettings(SettingsGroup):
    """Safety"""

    guard_asks_model: bool = Field(
        True,
        description='Where the guard\'s rules are not sure about a text, a cheap model of the provider whose key is set is asked one short question before it is sent. It goes on the usage log as "guard".',
    )
