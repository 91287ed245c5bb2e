"""A project that runs on any machine with Docker: its Dockerfiles and compose.yaml, made of the plan of its preview."""

from __future__ import annotations

import json
import posixpath
import shlex
from dataclasses import dataclass
from typing import Final

from builder.projects.archive.unnamed_packages import unnamed_packages
from builder.projects.run_hints import read_hints
from preview_runtime.containers.images.catalogue import STATIC_PORT, public_base
from preview_runtime.file_tree import FileTree
from preview_runtime.plans.database_need import asks_for_postgres
from preview_runtime.plans.plan import RunPlan, plan_run
from preview_runtime.plans.recipe import DATA_FOLDER, PACKAGES_FOLDER, WORK_FOLDER
from preview_runtime.plans.runtimes import Runtime, Sidecar
from preview_runtime.stack import detect_stack

_BUILT: Final = "/opt/built"  # what a compiler made: outside the folder of the data
_SITE: Final = "/usr/share/nginx/html"
_NGINX: Final = "nginx.conf"
_WEB: Final = "Dockerfile.web"
_IGNORED: Final = (".git", "node_modules", "**/node_modules", ".venv", "**/__pycache__", ".env", "*.local")
_LANGUAGES: Final = {Runtime.GO, Runtime.JAVA}
# Settings of a preview that mean nothing, or the wrong thing, outside of it.
_OF_PREVIEWS: Final = frozenset({"PATH", "PYTHONUSERBASE", "PIP_NO_INPUT", "npm_config_cache", "BUN_INSTALL_CACHE_DIR"})
# A plan tells its address under every name; each is read in one language alone.
_READ_IN: Final = {
    "UVICORN_": Runtime.PYTHON, "FLASK_RUN_": Runtime.PYTHON, "GRADIO_SERVER_": Runtime.PYTHON,
    "STREAMLIT_SERVER_": Runtime.PYTHON, "NITRO_": Runtime.NODE, "NUXT_": Runtime.NODE, "SERVER_": Runtime.JAVA,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Service:
    """One of compose.yaml. `port`: where it listens in its container."""

    dockerfile: str
    port: int
    data: str = ""


def docker_files(tree: FileTree) -> dict[str, str]:
    """What is added to `tree` so that `docker compose up` runs it; a file that the project has itself stays.

    The pages of a front end are built and served by nginx, which passes what is below /api on to the server, if there is
    one. What a server keeps in its folder `data` is in a volume. Raises `NothingToRun`.
    """
    hints = read_hints(tree)
    stack = detect_stack(tree, hints.start)
    added: dict[str, str] = {}
    services: dict[str, _Service] = {}
    if stack.needs_server:
        plan = plan_run(tree, hints)
        if plan.runtime is None:
            services["app"] = _Service(plan.dockerfile, plan.port, DATA_FOLDER)
        else:
            added["Dockerfile"] = _server(tree, plan)
            services["app"] = _Service("Dockerfile", plan.port, posixpath.join(WORK_FOLDER, plan.folder, "data"))
    if stack.front_end and not stack.is_all_server:
        name = _WEB if services else "Dockerfile"
        added[name] = _front_end(tree, stack.front_folder)
        added[_NGINX] = _nginx(services["app"].port if services else None)
        services["web"] = _Service(name, STATIC_PORT)
    if not services:
        plan_run(tree, hints)  # raises, and says what is missing
    added["compose.yaml"] = _compose(services, needs_postgres=asks_for_postgres(tree) is not None)
    added[".dockerignore"] = "\n".join(_IGNORED) + "\n"
    return {path: text for path, text in added.items() if path not in tree}


def shown_at(tree: FileTree) -> int:
    """The port at which what `docker compose up` runs is seen. Raises `NothingToRun`."""
    stack = detect_stack(tree, read_hints(tree).start)
    pages = stack.front_end and not stack.is_all_server
    return STATIC_PORT if pages else plan_run(tree, read_hints(tree)).port


def _server(tree: FileTree, plan: RunPlan) -> str:
    runtime = plan.runtime
    assert runtime is not None
    folder = posixpath.join(WORK_FOLDER, plan.folder).rstrip("/")
    build, start = "", plan.start.replace(PACKAGES_FOLDER, _BUILT)
    if runtime in _LANGUAGES:  # what compiles is done once, in the image
        build, _, start = start.rpartition(" && ")
    settings = {
        name: value
        for name, value in plan.environment.items()
        if name not in _OF_PREVIEWS
        and all(runtime is reader for prefix, reader in _READ_IN.items() if name.startswith(prefix))
    }
    if runtime is Runtime.NODE:
        settings["PATH"] = f"{folder}/node_modules/.bin:$PATH"
    lines = [
        f"FROM {_base(runtime)}",
        f"WORKDIR {folder}",
        "ENV " + " \\\n    ".join(
            f'{name}="{value.replace(PACKAGES_FOLDER, _BUILT)}"' for name, value in settings.items()
        ),
        *_installed(tree, plan),
        f"COPY . {WORK_FOLDER}",
        *([f"RUN mkdir -p {_BUILT} && {build}"] if build else []),
        "# No more rights than it needs: it writes to its own folder alone.",
        f"RUN echo 'app:x:10001:10001::{folder}:/bin/sh' >> /etc/passwd && mkdir -p data && chown -R 10001:10001 {WORK_FOLDER}",
        "USER 10001:10001",
        f"ENV HOME={folder}",
        f"EXPOSE {plan.port}",
        f"CMD {json.dumps(['sh', '-c', start if ' && ' in start or start.startswith('exec ') else f'exec {start}'])}",
    ]  # fmt: skip
    return "\n".join(lines) + "\n"


def _installed(tree: FileTree, plan: RunPlan) -> list[str]:
    """The packages, before the sources: an edit installs nothing anew."""
    unnamed = unnamed_packages(tree, plan)
    others = []
    if unnamed:
        install = "python -m pip install --no-cache-dir" if plan.runtime is Runtime.PYTHON else "npm install --no-save"
        others = [f"RUN {install} {shlex.join(unnamed)}"]
    if not plan.install:
        return others
    inputs = [path for path in (*plan.install_inputs, posixpath.join(plan.folder, "package-lock.json")) if path in tree]
    copies = [f"COPY {path} {WORK_FOLDER}/{path}" for path in dict.fromkeys(inputs)]
    if plan.runtime is Runtime.PYTHON:
        return [*copies, f"RUN {plan.install.replace(' --user', ' --no-cache-dir')}", *others]
    return [*copies, f"RUN {_npm(tree, plan.folder)}", *others]


def _npm(tree: FileTree, folder: str) -> str:
    locked = posixpath.join(folder, "package-lock.json") in tree
    return f"npm {'ci' if locked else 'install'} --no-audit --no-fund"


def _front_end(tree: FileTree, folder: str) -> str:
    nginx = _base(Runtime.STATIC)
    served = [f"COPY {_NGINX} /etc/nginx/nginx.conf", f"EXPOSE {STATIC_PORT}", 'CMD ["nginx", "-g", "daemon off;"]']
    package = tree.text(posixpath.join(folder, "package.json"))
    if package is None:
        return "\n".join([f"FROM {nginx}", f"COPY {folder or '.'} {_SITE}", *served]) + "\n"
    place = posixpath.join(WORK_FOLDER, folder).rstrip("/")
    build = "npm run build" if '"build"' in package else "npx vite build"
    lines = [
        f"FROM {_base(Runtime.NODE)} AS built",
        f"WORKDIR {place}",
        *(
            f"COPY {path} {WORK_FOLDER}/{path}"
            for name in ("package.json", "package-lock.json")
            if (path := posixpath.join(folder, name)) in tree
        ),
        f"RUN {_npm(tree, folder)}",
        f"COPY . {WORK_FOLDER}",
        f"RUN {build}",
        "",
        f"FROM {nginx}",
        f"COPY --from=built {place}/dist {_SITE}",
        *served,
    ]
    return "\n".join(lines) + "\n"


def _nginx(server: int | None) -> str:
    passed = f"""
    location /api {{
      proxy_pass http://app:{server};
      proxy_http_version 1.1;
      proxy_set_header Host $http_host;
      proxy_set_header Upgrade $http_upgrade;
      proxy_set_header Connection $upgraded;
      proxy_buffering off;
      proxy_read_timeout 1h;
    }}"""
    return f"""pid /tmp/nginx.pid;
events {{}}
http {{
  include /etc/nginx/mime.types;
  map $http_upgrade $upgraded {{ default upgrade; '' ''; }}
  server {{
    listen {STATIC_PORT};
    root {_SITE};
    client_max_body_size 20m;
    location / {{ try_files $uri $uri/ /index.html; }}{passed if server else ""}
  }}
}}
"""


def _compose(services: dict[str, _Service], *, needs_postgres: bool) -> str:
    last = [*services][-1]  # what a person opens: the pages, where there are any
    lines = ["services:"]
    for name, service in services.items():
        lines += [f"  {name}:", "    build:", "      context: .", f"      dockerfile: {service.dockerfile}"]
        if name == last:
            lines += ["    ports:", f'      - "127.0.0.1:${{PORT:-{service.port}}}:{service.port}"']
        if name == "app":
            lines += _around(needs_postgres=needs_postgres, data=service.data)
        elif "app" in services:
            lines += ["    depends_on:", "      - app"]
        lines.append("    restart: unless-stopped")
    if needs_postgres:
        lines += _DATABASE.format(image=_base(Sidecar.POSTGRES)).splitlines()
    volumes = [*(["data"] if "app" in services else []), *(["database"] if needs_postgres else [])]
    lines += ["volumes:", *(f"  {name}:" for name in volumes)] if volumes else []
    return "\n".join(lines) + "\n"


# Nobody outside of these services reaches it: its password guards nothing more.
_DATABASE: Final = """\
  database:
    image: {image}
    environment:
      POSTGRES_USER: app
      POSTGRES_PASSWORD: ${{POSTGRES_PASSWORD:-app}}
      POSTGRES_DB: app
    volumes:
      - database:/var/lib/postgresql/data
    healthcheck:
      test: ["CMD", "pg_isready", "-U", "app", "-d", "app"]
      interval: 2s
      retries: 30
    restart: unless-stopped"""


def _around(*, needs_postgres: bool, data: str) -> list[str]:
    lines = ["    volumes:", f"      - data:{data}"]
    if needs_postgres:
        address = "postgresql://app:${POSTGRES_PASSWORD:-app}@database:5432/app"
        lines += ["    environment:", f"      DATABASE_URL: {address}"]
        lines += ["    depends_on:", "      database:", "        condition: service_healthy"]
    return lines


def _base(image: Runtime | Sidecar) -> str:
    return public_base(image).partition("@")[0]
