"""The modules imported before a fork, so that the app has them at once."""

from __future__ import annotations

import contextlib
import gc
import importlib
import sys
from collections.abc import Iterator
from typing import Any

EVERYTHING = (
    "fastapi",
    "fastapi.staticfiles",
    "fastapi.templating",
    "fastapi.middleware.cors",
    "uvicorn",
    "uvicorn.main",
    "uvicorn.loops.auto",
    "uvicorn.lifespan.on",
    "uvicorn.protocols.http.auto",
    "uvicorn.protocols.websockets.auto",
    "starlette.applications",
    "sqlmodel",
    "sqlalchemy.dialects.sqlite",
    "flask",
    "flask.cli",
    "werkzeug.serving",
    "jinja2",
    "django",
    "django.conf",
    "django.core.management",
    "django.core.management.commands.migrate",
    "django.core.management.commands.runserver",
    "django.core.servers.basehttp",
    "django.db.backends.sqlite3.base",
    "django.core.handlers.wsgi",
    # The modules that a new Django project's settings name and that can be loaded before there are settings.
    "django.contrib.admin.apps",
    "django.contrib.admin.checks",
    "django.contrib.auth.apps",
    "django.contrib.auth.decorators",
    "django.contrib.auth.hashers",
    "django.contrib.auth.password_validation",
    "django.contrib.auth.tokens",
    "django.contrib.contenttypes.apps",
    "django.contrib.messages.apps",
    "django.contrib.messages.middleware",
    "django.contrib.messages.storage.fallback",
    "django.contrib.sessions.apps",
    "django.contrib.sessions.middleware",
    "django.contrib.sessions.serializers",
    "django.contrib.sites.shortcuts",
    "django.contrib.staticfiles.apps",
    "django.contrib.staticfiles.handlers",
    "django.core.cache.backends.locmem",
    "django.core.management.commands.makemigrations",
    "django.core.management.utils",
    "django.db.migrations.executor",
    "django.db.migrations.writer",
    "django.db.models",
    "django.db.models.sql.compiler",
    "django.forms",
    "django.middleware.cache",
    "django.middleware.clickjacking",
    "django.middleware.common",
    "django.middleware.csrf",
    "django.middleware.security",
    "django.shortcuts",
    "django.template.backends.django",
    "django.template.context_processors",
    "django.template.defaulttags",
    "django.template.loader",
    "django.template.loaders.app_directories",
    "django.urls",
    "django.utils.translation.reloader",
    "django.views.csrf",
    "django.views.decorators.csrf",
    "django.views.defaults",
    "django.views.generic",
    "http.server",
    "sqlite3",
)


def load(names: Any, loaded: set[str]) -> None:
    """Import `names` and what they need; missing or failing ones are left to the app. `loaded` holds the names tried so
    far, and is updated."""
    missing = [str(name) for name in names if name not in loaded]
    if not missing:
        return
    gc.disable()  # no loaded module is garbage: looking for garbage takes a sixth of the time
    with models_built_when_used() if "fastapi" in missing else contextlib.nullcontext():
        for name in missing:
            loaded.add(name)
            with contextlib.suppress(Exception):
                importlib.import_module(name)
    end_promptly()
    gc.freeze()  # their garbage collectors do not touch objects shared with the forks
    gc.enable()


@contextlib.contextmanager
def models_built_when_used() -> Iterator[None]:
    """FastAPI's own models describe an API and take a sixth of its loading time; here they are built on first use.

    It is pydantic's own setting; the app's models, which are made later, do not have it.
    """
    config: Any = None
    with contextlib.suppress(Exception):
        config = importlib.import_module("pydantic").BaseModel.model_config
        config["defer_build"] = True
    try:
        yield
    finally:
        if config is not None:
            config.pop("defer_build", None)


def end_promptly() -> None:
    """Have uvicorn, if it is loaded, notice at once that it has to end.

    It checks ten times a second, and waits another tenth for its connections; an edit would wait for both. The steps of
    its shutdown, and what it waits for, stay the same.
    """
    server: Any = sys.modules.get("uvicorn.server")
    if server is None or isinstance(server.asyncio, Woken):
        return
    woken = server.asyncio = Woken(server.asyncio)
    before = server.Server.handle_exit

    def handle_exit(this: Any, number: int, frame: Any) -> None:
        before(this, number, frame)
        woken.wake()

    server.Server.handle_exit = handle_exit


class Woken:
    """asyncio with a `sleep` that ends early once `wake` was called, and is short from then on."""

    SHORT_SECONDS = 0.005

    def __init__(self, real: Any) -> None:
        self.real = real
        self.awake = False
        self.waiting: set[Any] = set()

    def __getattr__(self, name: str) -> Any:
        return getattr(self.real, name)

    def wake(self) -> None:
        self.awake = True
        for future in list(self.waiting):
            future.get_loop().call_soon_threadsafe(lambda which=future: which.done() or which.set_result(None))

    async def sleep(self, seconds: float) -> None:
        future = self.real.get_running_loop().create_future()
        self.waiting.add(future)
        try:
            await self.real.wait((future,), timeout=self.SHORT_SECONDS if self.awake else seconds)
        finally:
            self.waiting.discard(future)
