"""A guestbook: people read what others wrote and leave a few lines themselves."""

from __future__ import annotations

from flask import Flask, redirect, render_template, request, url_for

import entries

STAMPS = {"lake": "Lake", "pine": "Pine", "fox": "Fox", "plum": "Plum", "sun": "Sun"}
PER_PAGE = 9
app = Flask(__name__)
app.config["MAX_CONTENT_LENGTH"] = 64 * 1024
entries.prepare()


@app.get("/")
def book():
    page = max(1, request.args.get("page", 1, type=int))
    return _shown(page, {"stamp": "lake"}, {})


@app.post("/")
def sign():
    form = {name: request.form.get(name, "").strip() for name in ("name", "place", "text", "stamp")}
    if request.form.get("website"):  # a field that no person sees: only machines fill it in
        return redirect(url_for("book"))
    faults = {}
    if not 1 <= len(form["name"]) <= 60:
        faults["name"] = "Please tell us your name, in at most 60 letters."
    if not 1 <= len(form["text"]) <= 600:
        faults["text"] = "Write a line or two, in at most 600 letters."
    if len(form["place"]) > 60:
        faults["place"] = "At most 60 letters, please."
    if form["stamp"] not in STAMPS:
        form["stamp"] = "lake"
    if faults:
        return _shown(1, form, faults), 422
    entries.add(form["name"], form["place"], form["text"], form["stamp"])
    return redirect(url_for("book", _anchor="entries"))


@app.get("/api/entries")
def as_json():
    return entries.page(0, 100)


def _shown(page: int, form: dict, faults: dict):
    count = entries.count()
    last = max(1, -(-count // PER_PAGE))
    page = min(page, last)
    return render_template(
        "book.html", entries=entries.page((page - 1) * PER_PAGE, PER_PAGE), count=count, page=page, last=last,
        stamps=STAMPS, form=form, faults=faults,
    )
