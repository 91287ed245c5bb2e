"""All settings in one frozen object."""

from __future__ import annotations

from functools import lru_cache

from builder.accounts.settings import MailSettings, SignInSettings
from builder.base.settings import QuotaSettings, RequestSettings, WatchingSettings
from builder.llm.conversation.settings import ModelSettings
from builder.previews.docker.settings import DockerSettings
from builder.previews.servers.settings import ServerSettings
from builder.projects.attachments.settings import AttachmentSettings
from builder.projects.engine_choice import EngineSettings
from builder.projects.git.settings import GitSettings
from builder.safety.packages.settings import PackageSettings
from builder.safety.settings import GuardSettings


class Settings(
    SignInSettings,
    MailSettings,
    RequestSettings,
    WatchingSettings,
    QuotaSettings,
    ModelSettings,
    GuardSettings,
    AttachmentSettings,
    EngineSettings,
    PackageSettings,
    GitSettings,
    DockerSettings,
    ServerSettings,
):
    """Joins all groups; code that needs one group is given this object and declares the group's type."""


@lru_cache
def get_settings() -> Settings:
    """The process's settings. Tests build `Settings(...)` themselves and pass them on."""
    return Settings()
