"""A poll on the standard library's HTTP server."""

import os
import sqlite3
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

PLACES = ("Lake", "Mountains", "Museum")
PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Summer party</title><link rel="icon" href="data:,"></head>
<body><main><h1>Where do we go for the summer party?</h1><form method="post">{rows}
<p><button name="reset" value="yes">Reset</button></p></form></main></body></html>"""
ROW = '<p><span>{place}: {votes}</span> <button name="place" value="{place}">Vote for {place}</button></p>'


def database() -> sqlite3.Connection:
    os.makedirs("data", exist_ok=True)
    opened = sqlite3.connect("data/poll.db", timeout=10)
    opened.execute("CREATE TABLE IF NOT EXISTS vote (place TEXT)")
    return opened


class Poll(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        with database() as opened:
            count = dict(opened.execute("SELECT place, count(*) FROM vote GROUP BY place"))
        rows = "".join(ROW.format(place=place, votes=count.get(place, 0)) for place in PLACES)
        body = PAGE.format(rows=rows).encode()
        self.send_response(200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_POST(self) -> None:
        asked = self.rfile.read(int(self.headers["Content-Length"])).decode()
        with database() as opened:
            if asked == "reset=yes":
                opened.execute("DELETE FROM vote")
            elif asked.removeprefix("place=") in PLACES:
                opened.execute("INSERT INTO vote VALUES (?)", (asked.removeprefix("place="),))
        self.send_response(303)
        self.send_header("Location", "/")
        self.end_headers()


if __name__ == "__main__":
    port = int(os.environ.get("PORT", "8000"))
    print(f"Listening at port {port}", flush=True)
    ThreadingHTTPServer(("0.0.0.0", port), Poll).serve_forever()
