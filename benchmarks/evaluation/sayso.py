"""A running Sayso, as a program talks to it."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping
from typing import Any, Final

import httpx

ENDED: Final = frozenset({"done", "stopped", "interrupted", "failed"})
_SECONDS: Final = 120


class Refusal(Exception):
    """The server says no, or says nothing. `code` is the API's; `str()` is its sentence."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


class Sayso:
    """Calls of its API. Each raises `Refusal`. Threads may share one."""

    def __init__(self, url: str) -> None:
        self.url = url.rstrip("/")
        headers = {"x-sayso-client": "evaluation"}
        # A name below localhost need not be known to the system; a browser knows it by itself.
        base = self.url.replace("//localhost", "//127.0.0.1")
        self._http = httpx.Client(base_url=f"{base}/api/v1", headers=headers, timeout=_SECONDS, trust_env=False)

    def close(self) -> None:
        self._http.close()

    def servers_run(self) -> bool:
        """Whether apps with a server of their own can run there."""
        starters = self._get("/starters")["starters"]
        return any(starter["server"] and not starter["unavailable"] for starter in starters)

    def default_model(self) -> str:
        return str(self._get("/models")["default"])

    def spend_at_most(self, usd: float) -> None:
        """The most that its workspace may spend on models, for all time."""
        self._call("PUT", "/budget", json={"total_usd": usd})

    def create(self, prompt: str, model: str, mode: str) -> tuple[str, str]:
        """Send the first request of a new project; the ids of the project and of the turn."""
        made = self._call("POST", "/projects", json={"prompt": prompt, "model": model, "mode": mode})
        return made["project"]["id"], made["turn"]["id"]

    def bring(self, title: str, files: Mapping[str, str]) -> str:
        """The id of a project made of files."""
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
            for path, text in files.items():
                archive.writestr(path, text)
        headers = {"content-type": "application/zip"}
        return str(
            self._call("POST", "/projects/import", params={"title": title}, content=packed.getvalue(), headers=headers)[
                "project"
            ]["id"]
        )

    def say(self, project: str, text: str, model: str, mode: str) -> str:
        """Send a further request; the id of its turn."""
        body = {"text": text, "model": model, "mode": mode, "sure": True}
        return str(self._call("POST", f"/projects/{project}/messages", json=body)["turn"]["id"])

    def project(self, project: str) -> dict[str, Any]:
        found: dict[str, Any] = self._get(f"/projects/{project}")["project"]
        return found

    def turn(self, project: str, turn: str) -> dict[str, Any]:
        found: dict[str, Any] = self._get(f"/projects/{project}/turns/{turn}")["turn"]
        return found

    def go_on(self, project: str, turn: Mapping[str, Any]) -> None:
        """Skip what a turn asks, or agree to its plan as it is."""
        if turn["status"] == "asking":
            self._call("POST", f"/projects/{project}/turns/{turn['id']}/answers", json={"answers": []})
        elif turn["status"] == "planned":
            self._call("POST", f"/projects/{project}/turns/{turn['id']}/plan", json={"plan": turn["plan"]})

    def stop(self, project: str, turn: str) -> dict[str, Any]:
        """End a turn; what it came to."""
        try:
            self._call("POST", f"/projects/{project}/turns/{turn}/stop")
        except Refusal as refusal:
            if refusal.code != "generation_not_running":
                raise
        return self.turn(project, turn)

    def texts(self, project: str) -> dict[str, str]:
        """The files that are text, by path."""
        files = self._get(f"/projects/{project}/files")["files"]
        return {path: file for path, file in files.items() if isinstance(file, str)}

    def export(self, project: str) -> bytes:
        """The project as a zip file, its folder's content at the first level."""
        return self._send("GET", f"/projects/{project}/export.zip").content

    def end_server(self, project: str) -> None:
        self._call("DELETE", f"/projects/{project}/server")

    def _get(self, path: str) -> Any:
        return self._call("GET", path)

    def _call(self, method: str, path: str, **more: Any) -> Any:
        answer = self._send(method, path, **more)
        return answer.json() if "json" in answer.headers.get("content-type", "") else None

    def _send(self, method: str, path: str, **more: Any) -> httpx.Response:
        try:
            answer = self._http.request(method, path, **more)
        except httpx.HTTPError as fault:
            raise Refusal("unreachable", f"Sayso at {self.url} does not answer ({type(fault).__name__}).") from fault
        if answer.is_error:
            try:
                error = answer.json()["error"]
            except (ValueError, KeyError):
                error = {"code": "unknown", "message": f"Sayso answered {answer.status_code}."}
            raise Refusal(error["code"], error["message"])
        return answer
