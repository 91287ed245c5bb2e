"""GitHub Enterprise or GitLab, for tests: as much of their APIs as makes repositories, with Git's own server behind."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from tests.integration.projects.git.git_server import TOKEN, GitServer

READ_ONLY = "a-token-that-only-reads-1234"


class Forge:
    """`kind`: github or gitlab. Ada is signed in by TOKEN, and in the group or organization `club`; `asked` is what was
    to be made."""

    def __init__(self, folder: Path, kind: str) -> None:
        self.repositories, self.kind = GitServer(folder, TOKEN), kind
        self.asked: list[tuple[str, Any]] = []

    async def __call__(self, scope, receive, send) -> None:  # type: ignore[no-untyped-def]
        request = Request(scope, receive)
        if not request.url.path.startswith("/api/"):
            return await self.repositories(scope, receive, send)
        answer = await getattr(self, f"_{self.kind}")(request)
        await answer(scope, receive, send)

    async def _github(self, request: Request) -> Response:
        path = request.url.path
        if not path.startswith("/api/v3/"):
            return Response("<html>Not Found</html>", 404)
        token = request.headers.get("authorization", "").removeprefix("Bearer ")
        if token not in (TOKEN, READ_ONLY):
            return JSONResponse({"message": "Bad credentials"}, 401)
        if path == "/api/v3/user":
            return JSONResponse({"login": "Ada", "id": 1})
        if path not in ("/api/v3/user/repos", "/api/v3/orgs/club/repos"):
            return JSONResponse({"message": "Not Found"}, 404)
        if token == READ_ONLY:
            return JSONResponse({"message": "Resource not accessible by personal access token"}, 403)
        body = await request.json()
        return self._made(path, body, "ada" if path.endswith("user/repos") else "club", body["name"], 422, {
            "message": "Repository creation failed.",
            "errors": [{"resource": "Repository", "field": "name", "message": "name already exists on this account"}],
        })  # fmt: skip

    async def _gitlab(self, request: Request) -> Response:
        path = request.url.path
        token = request.headers.get("private-token", "")
        if token not in (TOKEN, READ_ONLY):
            return JSONResponse({"message": "401 Unauthorized"}, 401)
        spaces = {"ada": 7, "club": 8, "club/apps": 9}
        if path.startswith("/api/v4/namespaces/"):
            name = path.removeprefix("/api/v4/namespaces/")
            if name not in spaces:
                return JSONResponse({"message": "404 Namespace Not Found"}, 404)
            return JSONResponse({"id": spaces[name], "full_path": name})
        if path != "/api/v4/projects":
            return JSONResponse({"error": "404 Not Found"}, 404)
        if token == READ_ONLY:
            return JSONResponse({"error": "insufficient_scope", "error_description": "needs api"}, 403)
        body = await request.json()
        owner = next(name for name, number in spaces.items() if number == body["namespace_id"])
        taken = {"message": {"path": ["has already been taken"], "name": ["has already been taken"]}}
        return self._made(path, body, owner, body["path"], 400, taken)

    def _made(self, path: str, body: Any, owner: str, name: str, status: int, taken: Any) -> Response:
        (self.repositories.folder / owner).mkdir(parents=True, exist_ok=True)
        if (self.repositories.folder / owner / f"{name}.git").exists():
            return JSONResponse(taken, status)
        self.asked.append((path, body))
        self.repositories.make(f"{owner}/{name}")
        return JSONResponse({"id": 1, "private": True}, 201)
