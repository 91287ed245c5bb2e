"""Small apps as people ask for them, written before the probe was tuned to more than FastAPI and Flask, and never tuned to.

Each has several holes, or none at all.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

CLINIC: Final = """import os, uuid
from typing import Annotated
import jwt, uvicorn
from fastapi import APIRouter, Depends, FastAPI, Form, HTTPException
from fastapi.security import OAuth2PasswordBearer, OAuth2PasswordRequestForm
from pydantic import BaseModel, EmailStr

SECRET = os.urandom(16).hex()
bearer = OAuth2PasswordBearer("/auth/token")
PEOPLE, VISITS, LETTERS = {}, {}, {}


class SignUp(BaseModel):
    email: str
    full_name: str
    password: str


class Visit(BaseModel):
    when: str
    symptom: str


class Letter(BaseModel):
    to: str
    text: str


def current(token: Annotated[str, Depends(bearer)]):
    try:
        return PEOPLE[jwt.decode(token, SECRET, ["HS256"])["sub"]]
    except Exception:
        raise HTTPException(401)


auth = APIRouter(prefix="/auth")
api = APIRouter(prefix="/v1")


@auth.post("/signup")
def signup(new: SignUp):
    if new.email in PEOPLE:
        raise HTTPException(400, "taken")
    PEOPLE[new.email] = {"id": uuid.uuid4().hex, "hashed_password": "$2b$12$" + uuid.uuid4().hex + "abcdefghijklmnopqrstu", "_": new.password, **new.model_dump(exclude={"password"})}
    return {"created": True}


@auth.post("/token")
def token(form: Annotated[OAuth2PasswordRequestForm, Depends()]):
    person = PEOPLE.get(form.username)
    if not person or person["_"] != form.password:
        raise HTTPException(400, "wrong")
    return {"access_token": jwt.encode({"sub": form.username}, SECRET, "HS256"), "token_type": "bearer"}


@api.get("/profile")
def profile(me=Depends(current)):
    return {k: v for k, v in me.items() if k != "_"}


@api.get("/visits")
def visits(me=Depends(current)):
    return [v for v in VISITS.values() if v["patient"] == me["id"]]


@api.post("/visits")
def book(visit: Visit, me=Depends(current)):
    made = {"id": uuid.uuid4().hex, "patient": me["id"], **visit.model_dump()}
    VISITS[made["id"]] = made
    return made


@api.get("/visits/{visit_id}")
def visit(visit_id: str):
    return VISITS.get(visit_id) or {}


@api.delete("/visits/{visit_id}")
def cancel(visit_id: str, me=Depends(current)):
    if VISITS.pop(visit_id, None) is None:
        raise HTTPException(404)
    return {"ok": True}


@api.get("/letters")
def letters(me=Depends(current)):
    return [x for x in LETTERS.values() if x["by"] == me["id"]]


@api.post("/letters")
def write(letter: Letter, me=Depends(current)):
    made = {"id": len(LETTERS) + 1, "by": me["id"], **letter.model_dump()}
    LETTERS[made["id"]] = made
    return made


@api.put("/letters/{letter_id}")
def rewrite(letter_id: int, letter: Letter, me=Depends(current)):
    if letter_id not in LETTERS or LETTERS[letter_id]["by"] != me["id"]:
        raise HTTPException(404)
    LETTERS[letter_id] |= letter.model_dump()
    return LETTERS[letter_id]


@api.get("/staff/patients")
def patients(me=Depends(current)):
    return [{"name": p["full_name"]} for p in PEOPLE.values()]


app = FastAPI()
app.include_router(auth)
app.include_router(api)
uvicorn.run(app, port=int(os.environ["PORT"]), log_level="warning")
"""

FORUM: Final = """import os, secrets
import uvicorn
from fastapi import FastAPI, Header, HTTPException
from fastapi.middleware.cors import CORSMiddleware

app = FastAPI()
app.add_middleware(CORSMiddleware, allow_origins=["*"], allow_methods=["*"])
users, threads, keys = {}, {}, {}


def who(authorization):
    name = keys.get((authorization or "").removeprefix("Bearer "))
    if not name:
        raise HTTPException(401, "no")
    return name


@app.post("/register")
async def register(data: dict):
    if not data.get("username") or not data.get("password"):
        raise HTTPException(422, "name and password")
    users[data["username"]] = data["password"]
    return {"username": data["username"]}


@app.post("/login")
async def login(data: dict):
    if users.get(data.get("username")) != data.get("password") or not data.get("password"):
        raise HTTPException(401)
    key = secrets.token_hex(16)
    keys[key] = data["username"]
    return {"token": key}


@app.get("/threads")
async def all_threads(search: str = ""):
    return [t for t in threads.values() if search in t["title"]]


@app.post("/threads")
async def start(data: dict, authorization: str = Header("")):
    thread = {"id": len(threads) + 1, "author": who(authorization), "title": data.get("title", ""), "text": data.get("text", "")}
    threads[thread["id"]] = thread
    return thread


@app.get("/threads/{number}")
async def thread(number: int):
    if number not in threads:
        raise HTTPException(404)
    return threads[number]


@app.patch("/threads/{number}")
async def edit(number: int, data: dict, authorization: str = Header("")):
    if number not in threads or threads[number]["author"] != who(authorization):
        raise HTTPException(403)
    threads[number]["title"] = data.get("title", threads[number]["title"])
    return threads[number]


uvicorn.run(app, port=int(os.environ["PORT"]), log_level="warning")
"""

BANK: Final = """from flask import Blueprint, Flask, g, jsonify, request, send_file
import os, secrets, sqlite3

bp = Blueprint("bank", __name__, url_prefix="/bank")
c = sqlite3.connect("bank.db", check_same_thread=False, isolation_level=None)
c.executescript("drop table if exists people; drop table if exists transfers; create table people(id integer primary key, login text, pw text, mail text); create table transfers(id integer primary key, person int, iban text, amount int, purpose text)")
live = {}


@bp.before_request
def who():
    g.me = live.get(request.headers.get("Authorization", "")[7:])


@bp.post("/sign-up")
def sign_up():
    j = request.get_json()
    cur = c.execute("insert into people(login, pw, mail) values(?,?,?)", (j["login"], j["password"], j["mail"]))
    return jsonify(id=cur.lastrowid), 201


@bp.post("/sign-in")
def sign_in():
    j = request.get_json()
    row = c.execute("select id from people where login='%s' and pw='%s'" % (j["login"], j["password"])).fetchone()
    if not row:
        return jsonify(error="wrong"), 401
    t = secrets.token_hex(20)
    live[t] = row[0]
    return jsonify(token=t)


@bp.route("/transfers", methods=["GET", "POST"])
def transfers():
    if g.me is None:
        return jsonify(error="sign in"), 401
    if request.method == "POST":
        j = request.get_json()
        cur = c.execute("insert into transfers(person, iban, amount, purpose) values(?,?,?,?)", (g.me, j["iban"], j["amount"], j["purpose"]))
        return jsonify(id=cur.lastrowid, purpose=j["purpose"]), 201
    return jsonify([dict(zip(("id", "iban", "purpose"), r)) for r in c.execute("select id, iban, purpose from transfers where person=?", (g.me,))])


@bp.get("/transfers/<int:number>")
def transfer(number):
    if g.me is None:
        return jsonify(error="sign in"), 401
    r = c.execute("select id, iban, purpose from transfers where id=?", (number,)).fetchone()
    return jsonify(dict(zip(("id", "iban", "purpose"), r))) if r else (jsonify(error="none"), 404)


@bp.get("/people/<int:number>")
def person(number):
    r = c.execute("select login, mail from people where id=?", (number,)).fetchone()
    return jsonify(login=r[0], mail=r[1]) if r else (jsonify(error="none"), 404)


@bp.get("/statement")
def statement():
    try:
        return send_file(os.path.abspath("statements/" + request.args.get("doc", "")))
    except OSError:
        return jsonify(error="none"), 404


@bp.get("/internal/accounts")
def accounts():
    return jsonify([r[0] for r in c.execute("select login from people")])


app = Flask(__name__, static_folder=None)
app.register_blueprint(bp)
app.run(port=int(os.environ["PORT"]))
"""

SHOP: Final = {
    "server.js": """import express from 'express'
import { orders } from './routes/orders.js'
import { accounts, whoIs } from './routes/accounts.js'
const app = express()
app.use(express.json(), express.urlencoded({ extended: false }))
app.use(whoIs)
app.use('/api/account', accounts)
app.use('/api/orders', orders)
app.get('/api/products', (req, res) => res.json([{ id: 1, name: 'Tea', price: 3 }]))
app.get('/away', (req, res) => res.redirect(302, req.query.url ?? '/'))
app.use((req, res, next) => { res.set('Access-Control-Allow-Origin', req.get('Origin') ?? '*'); res.set('Access-Control-Allow-Credentials', 'true'); next() })
app.get('/api/health', (req, res) => res.json({ ok: true }))
app.listen(Number(process.env.PORT))
""",
    "routes/accounts.js": """import { Router } from 'express'
import { randomUUID, scryptSync } from 'node:crypto'
export const people = new Map()
const seats = new Map()
export const whoIs = (req, res, next) => { req.me = seats.get((req.get('authorization') ?? '').slice(7)); next() }
export const accounts = Router()
accounts.post('/register', (req, res) => {
  const { email, password } = req.body
  if (people.has(email)) return res.sendStatus(409)
  const person = { id: randomUUID(), email, secret: scryptSync(password, 'x', 16).toString('hex'), isAdmin: Boolean(req.body.isAdmin) }
  people.set(email, person)
  res.status(201).send({ id: person.id })
})
accounts.post('/login', (req, res) => {
  const { email, password } = req.body
  const person = people.get(email)
  if (!person || person.secret !== scryptSync(String(password), 'x', 16).toString('hex')) return res.sendStatus(401)
  const token = randomUUID()
  seats.set(token, person)
  res.send({ token })
})
accounts.get('/me', (req, res) => (req.me ? res.send({ id: req.me.id, email: req.me.email, isAdmin: req.me.isAdmin }) : res.sendStatus(401)))
""",
    "routes/orders.js": """import { Router } from 'express'
export const orders = Router()
const all = []
const need = (req, res, next) => (req.me ? next() : res.sendStatus(401))
orders.route('/').get(need, (req, res) => res.send(all.filter((o) => o.buyer === req.me.id))).post(need, (req, res) => {
  const order = { id: all.length + 100, buyer: req.me.id, address: req.body.address, note: req.body.note }
  all.push(order)
  res.status(201).send(order)
})
orders.get('/:number/invoice', need, (req, res) => {
  const order = all.find((o) => String(o.id) === req.params.number)
  order ? res.type('html').send(`<h1>Invoice</h1><p>${order.note}</p><p>${order.address}</p>`) : res.sendStatus(404)
})
orders.put('/:number', need, (req, res) => {
  const order = all.find((o) => String(o.id) === req.params.number)
  if (!order) return res.sendStatus(404)
  Object.assign(order, { address: req.body.address, note: req.body.note })
  res.send(order)
})
orders.delete('/:number', need, (req, res) => {
  const at = all.findIndex((o) => String(o.id) === req.params.number && o.buyer === req.me.id)
  if (at < 0) return res.sendStatus(404)
  all.splice(at, 1)
  res.send({ ok: true })
})
""",
    "package.json": '{"type": "module"}',
}
FILES: Final = """const http = require('http')
const fs = require('fs')
http.createServer((req, res) => {
  const name = req.url === '/' ? '/index.html' : req.url.split('?')[0]
  fs.readFile(__dirname + name, (error, data) => {
    if (error) { res.writeHead(404); return res.end('not found') }
    res.writeHead(200); res.end(data)
  })
}).listen(process.env.PORT)
"""
SAFE_FILES: Final = """const http = require('http')
const fs = require('fs')
const path = require('path')
const root = path.join(__dirname, 'public')
http.createServer((req, res) => {
  const name = path.normalize(decodeURIComponent(req.url.split('?')[0]))
  const target = path.join(root, name === '/' ? 'index.html' : name)
  if (!target.startsWith(root + path.sep)) { res.writeHead(404); return res.end('not found') }
  fs.readFile(target, (error, data) => { res.writeHead(error ? 404 : 200); res.end(error ? 'not found' : data) })
}).listen(process.env.PORT)
"""
WAITING: Final = """import json, os, sqlite3
from http.server import BaseHTTPRequestHandler, HTTPServer

people = [{"id": 1, "name": "Ann", "phone": "+49 170 1234567"}, {"id": 2, "name": "Ben", "phone": "+49 171 7654321"}]


class App(BaseHTTPRequestHandler):
    def do_GET(self):
        if self.path == "/list":
            self.answer(people)
        elif self.path == "/count":
            self.answer({"count": len(people)})
        else:
            self.answer({}, 404)

    def answer(self, data, status=200):
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.end_headers()
        self.wfile.write(json.dumps(data).encode())


HTTPServer(("127.0.0.1", int(os.environ["PORT"])), App).serve_forever()
"""
GUESTS: Final = """import os
from flask import Flask, redirect, request

app = Flask(__name__)
entries, links = [], {}


@app.route("/", methods=["GET", "POST"])
def book():
    if request.method == "POST":
        entries.append((request.form["name"], request.form["message"]))
        return redirect("/")
    from markupsafe import escape
    return "<form method=post><input name=name><textarea name=message></textarea></form>" + "".join(f"<p>{escape(n)}: {escape(m)}</p>" for n, m in entries)


@app.post("/links")
def shorten():
    code = str(len(links) + 1)
    links[code] = request.form["url"]
    return {"code": code}


@app.get("/l/<code>")
def follow(code):
    return redirect(links[code]) if code in links else ("none", 404)


app.run(port=int(os.environ["PORT"]))
"""
TEAM: Final = """import os, secrets
from flask import Flask, jsonify, request

app = Flask(__name__)
people, seats, cards = {}, {}, []


def me():
    return seats.get(request.cookies.get("seat"))


@app.post("/api/join")
def join():
    people[request.json["name"]] = request.json["password"]
    return jsonify(ok=True)


@app.post("/api/login")
def login():
    if people.get(request.json["name"]) != request.json["password"]:
        return jsonify(error="no"), 401
    seat = secrets.token_hex(12)
    seats[seat] = request.json["name"]
    answer = jsonify(ok=True)
    answer.set_cookie("seat", seat, httponly=True)
    return answer


@app.route("/api/board/cards", methods=["GET", "POST"])
def all_cards():
    if not me():
        return jsonify(error="sign in"), 401
    if request.method == "POST":
        card = {"id": len(cards) + 1, "title": request.json["title"], "by": me()}
        cards.append(card)
        return jsonify(card), 201
    return jsonify(cards)


@app.patch("/api/board/cards/<int:number>")
def move(number):
    if not me():
        return jsonify(error="sign in"), 401
    card = next((c for c in cards if c["id"] == number), None)
    if card is None:
        return jsonify(error="none"), 404
    card["title"] = request.json.get("title", card["title"])
    return jsonify(card)


app.run(port=int(os.environ["PORT"]))
"""


def cases() -> Iterator[tuple[str, dict[str, str], set[str]]]:
    """(name, files, the holes that are in them)."""
    yield (
        "clinic",
        {"main.py": CLINIC},
        {
            "everybody_reads GET /v1/visits/{visit_id}",
            "others_delete DELETE /v1/visits/{visit_id}",
            "password_hashes GET /v1/profile",
            "admin_ordinary GET /v1/staff/patients",
        },
    )
    yield "forum", {"main.py": FORUM}, set()
    yield (
        "bank",
        {"main.py": BANK},
        {
            "others_read GET /bank/transfers/{number}",
            "everybody_reads GET /bank/people/{number}",
            "traversal GET /bank/statement",
            "admin_open GET /bank/internal/accounts",
            "sql POST /bank/sign-in",
        },
    )
    yield (
        "shop",
        SHOP,
        {
            "others_read GET /api/orders/{number}/invoice",
            "others_change PUT /api/orders/{number}",
            "makes_admin POST /api/account/register",
            "redirect GET /away",
            "cors all routes",
            "debug errors",
        },
    )
    yield (
        "files",
        {"server.js": FILES, "index.html": "<h1>Hello</h1>", ".env": "TOKEN=one-two\n"},
        {"file GET /server.js", "file GET /.env", "traversal GET /…"},
    )
    yield (
        "safe files",
        {"server.js": SAFE_FILES, "public/index.html": "<h1>Hello</h1>", ".env": "TOKEN=one-two\n"},
        set(),
    )
    yield "waiting list", {"main.py": WAITING}, {"personal_data GET /list"}
    yield "guest book and short links", {"main.py": GUESTS}, set()
    yield "a team's board", {"main.py": TEAM}, set()
