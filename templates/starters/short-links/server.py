"""A link shortener with Python's own HTTP server: nothing is installed."""

from __future__ import annotations

import os
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import page
from links import Links, Refused

FOLDER = Path(__file__).parent
LONGEST_BODY = 16_384
links = Links(FOLDER / "data" / "links.db")


class Answer(BaseHTTPRequestHandler):
    """One request. Paths with one segment are short links; everything else is ours."""

    protocol_version = "HTTP/1.1"
    timeout = 30

    def do_GET(self) -> None:
        path = urlsplit(self.path).path
        if path == "/":
            self._page(200, page.home(links.all(), self._origin()))
        elif path == "/style.css":
            self._send(200, "text/css; charset=utf-8", (FOLDER / "style.css").read_bytes())
        elif path == "/api/links":
            self._send(200, "application/json", page.as_json(links.all(), self._origin()))
        elif target := links.follow(path.removeprefix("/")):
            self._redirect(target, 302)
        else:
            self._page(404, page.missing(path))

    do_HEAD = do_GET

    def do_POST(self) -> None:
        length = int(self.headers.get("Content-Length") or 0)
        if length > LONGEST_BODY:
            self.close_connection = True
            self._page(413, page.missing("that much"))
            return
        fields = {name: values[0] for name, values in parse_qs(self.rfile.read(length).decode("utf-8", "replace")).items()}
        path = urlsplit(self.path).path
        if path == "/links":
            try:
                made = links.add(fields.get("target", ""), fields.get("code", ""), fields.get("note", ""))
            except Refused as refused:
                self._page(422, page.home(links.all(), self._origin(), str(refused), fields))
                return
            self._redirect(f"/?made={made}#links", 303)
        elif path == "/delete":
            links.remove(fields.get("code", ""))
            self._redirect("/#links", 303)
        else:
            self._page(404, page.missing(path))

    def _origin(self) -> str:
        scheme = self.headers.get("X-Forwarded-Proto", "http")
        return f"{scheme}://{self.headers.get('Host', 'localhost')}"

    def _redirect(self, target: str, status: int) -> None:
        self.send_response(status)
        self.send_header("Location", target)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def _page(self, status: int, html: str) -> None:
        self._send(status, "text/html; charset=utf-8", html.encode())

    def _send(self, status: int, kind: str, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Cache-Control", "no-store")
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)


if __name__ == "__main__":
    address = ("0.0.0.0", int(os.environ.get("PORT", "8000")))
    print(f"Listening at port {address[1]}", flush=True)
    ThreadingHTTPServer(address, Answer).serve_forever()
