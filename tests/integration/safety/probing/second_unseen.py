"""A second set of small apps, written after the first was known and before any of these was asked."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

EXPENSES: Final = """import os
from datetime import date
from flask import Flask, abort, flash, redirect, render_template_string, request, url_for
from flask_login import LoginManager, UserMixin, current_user, login_required, login_user
from flask_sqlalchemy import SQLAlchemy
from werkzeug.security import check_password_hash, generate_password_hash

app = Flask(__name__)
app.config.update(SECRET_KEY=os.urandom(12), SQLALCHEMY_DATABASE_URI="sqlite://", SQLALCHEMY_ENGINE_OPTIONS={"poolclass": __import__("sqlalchemy.pool").pool.StaticPool, "connect_args": {"check_same_thread": False}})
db = SQLAlchemy(app)
manager = LoginManager(app)
manager.login_view = "login"


class User(UserMixin, db.Model):
    id = db.Column(db.Integer, primary_key=True)
    email = db.Column(db.String(100), unique=True)
    password_hash = db.Column(db.String(200))


class Expense(db.Model):
    id = db.Column(db.Integer, primary_key=True)
    user_id = db.Column(db.Integer)
    description = db.Column(db.String(100))
    amount = db.Column(db.Float)


@manager.user_loader
def load(number):
    return db.session.get(User, int(number))


@app.route("/register", methods=["GET", "POST"])
def register():
    if request.method == "POST":
        email, password = request.form.get("email"), request.form.get("password")
        if not email or not password or request.form.get("confirm") != password:
            flash("no")
            return redirect(url_for("register"))
        db.session.add(User(email=email, password_hash=generate_password_hash(password, "pbkdf2:sha256:1000")))
        db.session.commit()
        return redirect(url_for("login"))
    return '<form method="post"><input name="email"><input name="password" type="password"><input name="confirm" type="password"></form>'


@app.route("/login", methods=["GET", "POST"])
def login():
    if request.method == "POST":
        user = User.query.filter_by(email=request.form.get("email")).first()
        if user and check_password_hash(user.password_hash, request.form.get("password", "")):
            login_user(user)
            return redirect(url_for("index"))
        return redirect(url_for("login"))
    return '<form method="post"><input name="email"><input name="password" type="password"></form>'


@app.route("/")
@login_required
def index():
    mine = Expense.query.filter_by(user_id=current_user.id).all()
    return render_template_string("<a href='/expenses/new'>New</a>{% for e in mine %}<p>{{ e.description }} <a href='/expenses/{{ e.id }}/edit'>edit</a></p>{% endfor %}", mine=mine)


@app.route("/expenses/new", methods=["GET", "POST"])
@login_required
def new():
    if request.method == "POST":
        db.session.add(Expense(user_id=current_user.id, description=request.form["description"], amount=float(request.form["amount"])))
        db.session.commit()
        return redirect(url_for("index"))
    return '<form method="post"><input name="description"><input name="amount"></form>'


@app.route("/expenses/<int:number>/edit", methods=["GET", "POST"])
@login_required
def edit(number):
    expense = db.get_or_404(Expense, number)
    EDIT
    if request.method == "POST":
        expense.description = request.form["description"]
        expense.amount = float(request.form["amount"])
        db.session.commit()
        return redirect(url_for("index"))
    return render_template_string('<form method="post"><input name="description" value="{{ e.description }}"><input name="amount" value="{{ e.amount }}"></form>', e=expense)


@app.post("/expenses/<int:number>/delete")
@login_required
def delete(number):
    expense = db.get_or_404(Expense, number)
    DELETE
    db.session.delete(expense)
    db.session.commit()
    return redirect(url_for("index"))


with app.app_context():
    db.create_all()
app.run(port=int(os.environ["PORT"]))
"""
CHECKED: Final = "if expense.user_id != current_user.id:\n        abort(403)"

LETTERS: Final = """import os, secrets
import uvicorn
from fastapi import Cookie, Depends, FastAPI, HTTPException, Response
from pydantic import BaseModel
from sqlalchemy import create_engine, text
from sqlalchemy.pool import StaticPool

engine = create_engine("sqlite://", poolclass=StaticPool, connect_args={"check_same_thread": False})
with engine.begin() as c:
    c.execute(text("create table member(id integer primary key, username text, pw text)"))
    c.execute(text("create table message(id integer primary key, sender int, receiver text, subject text, body text)"))
app = FastAPI()
sessions = {}


class Credentials(BaseModel):
    username: str
    password: str


class Message(BaseModel):
    receiver: str
    subject: str
    body: str


def member(sid: str = Cookie("")):
    if sid not in sessions:
        raise HTTPException(401)
    return sessions[sid]


@app.post("/users", status_code=201)
def create(new: Credentials):
    with engine.begin() as c:
        c.execute(text("insert into member(username, pw) values(:u, :p)"), {"u": new.username, "p": new.password})
    return {"username": new.username}


@app.post("/sessions")
def begin(known: Credentials, response: Response):
    with engine.begin() as c:
        row = c.execute(text("select id from member where username=:u and pw=:p"), {"u": known.username, "p": known.password}).first()
    if row is None:
        raise HTTPException(403, "wrong")
    sid = secrets.token_hex(16)
    sessions[sid] = row.id
    response.set_cookie("sid", sid, httponly=True)
    return {"signed_in": True}


@app.post("/messages", status_code=201)
def send(message: Message, me: int = Depends(member)):
    with engine.begin() as c:
        made = c.execute(text("insert into message(sender, receiver, subject, body) values(:m, :r, :s, :b)"), {"m": me, "r": message.receiver, "s": message.subject, "b": message.body})
    return {"id": made.lastrowid}


@app.get("/messages")
def box(me: int = Depends(member), order: str = "id"):
    with engine.begin() as c:
        return [dict(r._mapping) for r in c.execute(text(BOX), {"m": me})]


@app.get("/messages/{number}")
def one(number: int, me: int = Depends(member)):
    with engine.begin() as c:
        row = c.execute(text("select * from message where id=:n" + ONE), {"n": number, "m": me}).first()
    if row is None:
        raise HTTPException(404)
    return dict(row._mapping)


@app.get("/members")
def members(me: int = Depends(member)):
    with engine.begin() as c:
        return [dict(r._mapping) for r in c.execute(text(MEMBERS))]


uvicorn.run(app, port=int(os.environ["PORT"]), log_level="warning")
"""

FASTIFY: Final = """import Fastify from 'fastify'
import { randomBytes } from 'node:crypto'
const app = Fastify()
const accounts = [], notes = [], tickets = {}
app.decorateRequest('account', null)
app.addHook('onRequest', async (req) => { req.account = tickets[(req.headers.authorization || '').replace('Bearer ', '')] || null })
const guard = async (req, reply) => { if (!req.account) return reply.code(401).send({ error: 'sign in' }) }
app.post('/signup', async (req, reply) => {
  const { username, password } = req.body
  const account = { id: accounts.length + 1, username, password }
  accounts.push(account)
  return reply.code(201).send({ id: account.id, username })
})
app.post('/login', async (req, reply) => {
  const account = accounts.find((a) => a.username === req.body.username && a.password === req.body.password)
  if (!account) return reply.code(401).send({ error: 'wrong' })
  const token = randomBytes(20).toString('hex')
  tickets[token] = account
  return { token }
})
app.get('/notes', { preHandler: guard }, async (req) => notes.filter((n) => n.owner === req.account.id))
app.post('/notes', { preHandler: guard }, async (req, reply) => {
  const note = { id: randomBytes(6).toString('hex'), owner: req.account.id, text: req.body.text }
  notes.push(note)
  return reply.code(201).send(note)
})
app.get('/notes/:id', { preHandler: guard }, async (req, reply) => notes.find((n) => n.id === req.params.id READ) || reply.code(404).send({ error: 'none' }))
app.delete('/notes/:id', DROP_GUARD async (req, reply) => {
  const at = notes.findIndex((n) => n.id === req.params.id DROP)
  if (at < 0) return reply.code(404).send({ error: 'none' })
  notes.splice(at, 1)
  return { ok: true }
})
app.get('/accounts', async () => accounts.map((a) => (ACCOUNT)))
app.listen({ port: Number(process.env.PORT), host: '127.0.0.1' })
"""

POLLS: Final = """const express = require('express')
const app = express()
app.use(express.json())
const polls = [{ id: 1, question: 'Tea or coffee?', options: ['Tea', 'Coffee'], votes: [0, 0] }]
app.get('/api/polls', (req, res) => res.json(polls))
app.post('/api/polls', (req, res) => {
  const poll = { id: polls.length + 1, question: String(req.body.question), options: req.body.options || [], votes: [] }
  polls.push(poll)
  res.status(201).json(poll)
})
app.post('/api/polls/:id/vote', (req, res) => {
  const poll = polls.find((p) => p.id === Number(req.params.id))
  if (!poll) return res.status(404).json({ error: 'none' })
  poll.votes[Number(req.body.option)] = (poll.votes[Number(req.body.option)] || 0) + 1
  res.json(poll)
})
app.delete('/api/polls/:id', (req, res) => res.json({ ok: true }))
app.listen(process.env.PORT)
"""

BOOKINGS: Final = """import json, os
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

bookings = []


class App(BaseHTTPRequestHandler):
    def do_GET(self):
        if self.path == "/bookings":
            return self.reply(BOOKINGS)
        if self.path == "/free":
            return self.reply({"free": 10 - len(bookings)})
        self.reply({"error": "none"}, 404)

    def do_POST(self):
        data = json.loads(self.rfile.read(int(self.headers["Content-Length"])) or "{}")
        if self.path == "/bookings":
            bookings.append({"id": len(bookings) + 1, "name": data.get("name"), "email": data.get("email"), "day": data.get("day")})
            return self.reply({"id": len(bookings)}, 201)
        self.reply({"error": "none"}, 404)

    def reply(self, data, status=200):
        body = json.dumps(data).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


ThreadingHTTPServer(("127.0.0.1", int(os.environ["PORT"])), App).serve_forever()
"""


def _put(text: str, **slots: str) -> str:
    for slot, code in slots.items():
        assert slot in text, slot
        text = text.replace(slot, code)
    return text


def cases() -> Iterator[tuple[str, dict[str, str], set[str]]]:
    """(name, files, the holes that are in them)."""
    yield "expenses with holes", {"main.py": _put(EXPENSES, EDIT="", DELETE="")}, {
        "others_read GET /expenses/{number}/edit", "others_change POST /expenses/{number}/edit", "others_delete POST /expenses/{number}/delete",
    }  # fmt: skip
    yield "expenses", {"main.py": _put(EXPENSES, EDIT=CHECKED, DELETE=CHECKED)}, set()
    yield "letters with holes", {
        "main.py": _put(LETTERS, BOX='"select id, subject from message where sender=:m order by " + order', ONE='""', MEMBERS='"select id, username, pw from member"')
    }, {"others_read GET /messages/{number}", "password_hashes GET /members", "sql GET /messages"}  # fmt: skip
    yield "letters", {
        "main.py": _put(LETTERS, BOX='"select id, subject from message where sender=:m order by id"', ONE='" and sender=:m"', MEMBERS='"select id, username from member"')
    }, set()  # fmt: skip
    module = {"package.json": '{"type": "module"}'}
    yield "notes in Fastify with holes", {"server.js": _put(FASTIFY, READ="", DROP_GUARD="", DROP="", ACCOUNT="a"), **module}, {
        "others_read GET /notes/{id}", "everybody_deletes DELETE /notes/{id}", "password_hashes GET /accounts",
    }  # fmt: skip
    yield "notes in Fastify", {
        "server.js": _put(FASTIFY, READ="&& n.owner === req.account.id", DROP_GUARD="{ preHandler: guard },", DROP="&& n.owner === req.account.id", ACCOUNT="{ id: a.id }"), **module,
    }, set()  # fmt: skip
    yield "polls", {"server.js": POLLS}, set()
    yield "bookings with a hole", {"main.py": _put(BOOKINGS, BOOKINGS="bookings")}, {"personal_data GET /bookings"}
    yield "bookings", {"main.py": _put(BOOKINGS, BOOKINGS='[{"day": one["day"]} for one in bookings]')}, set()
