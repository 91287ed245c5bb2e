"""Small apps of a third hand, put down in one go and asked once before anything was mended for them.

Each is there twice: with its holes, and as it should be. «NAME» marks where the two differ.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

TASKS: Final = """import os, secrets
import uvicorn
from fastapi import Depends, FastAPI, HTTPException, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from pydantic import BaseModel

app = FastAPI(docs_url=None)
USERS: dict[int, dict] = {}
TASKS: dict[int, dict] = {}
SESSIONS: dict[str, int] = {}
bearer = HTTPBearer()


class Registration(BaseModel):
    email: str
    password: str


class TaskIn(BaseModel):
    title: str
    details: str = ""


def user(credentials: HTTPAuthorizationCredentials = Depends(bearer)) -> dict:
    number = SESSIONS.get(credentials.credentials)
    if number is None:
        raise HTTPException(401)
    return USERS[number]


@app.post("/auth/register", status_code=201)
def register(new: Registration):
    if any(one["email"] == new.email for one in USERS.values()):
        raise HTTPException(409)
    number = len(USERS) + 1
    USERS[number] = {"id": number, "email": new.email, "password": new.password, "role": "user"}
    return {"id": number, "email": new.email}


@app.post("/auth/login")
def login(new: Registration):
    for one in USERS.values():
        if one["email"] == new.email and one["password"] == new.password:
            token = secrets.token_urlsafe(24)
            SESSIONS[token] = one["id"]
            return {"access_token": token, "token_type": "bearer"}
    raise HTTPException(401)


@app.get("/users/me")
def me(current: dict = Depends(user)):
    return {k: v for k, v in current.items() if k != "password"}


@app.patch("/users/me")
async def change_me(request: Request, current: dict = Depends(user)):
    given = await request.json()
    current.update({k: v for k, v in given.items() if «FIELDS»})
    return {k: v for k, v in current.items() if k != "password"}


@app.get("/tasks")
def tasks(current: dict = Depends(user)):
    return [one for one in TASKS.values() if one["owner"] == current["id"]]


@app.post("/tasks", status_code=201)
def add(task: TaskIn, current: dict = Depends(user)):
    number = len(TASKS) + 1
    TASKS[number] = {"id": number, "owner": current["id"], **task.model_dump()}
    return TASKS[number]


@app.get("/tasks/{task_id}")
def one(task_id: int, current: dict = Depends(user)):
    found = TASKS.get(task_id)
    if found is None «READ»:
        raise HTTPException(404)
    return found


@app.delete("/tasks/{task_id}", status_code=204)
def drop(task_id: int, current: dict = Depends(user)):
    found = TASKS.get(task_id)
    if found is None «DROP»:
        raise HTTPException(404)
    del TASKS[task_id]


@app.get("/debug/env")
def debug():
    return «ENV»


@app.get("/admin/users")
def users(«ADMIN»):
    return [{"id": one["id"], "email": one["email"]} for one in USERS.values()]


uvicorn.run(app, port=int(os.environ["PORT"]), log_level="warning")
"""

HONO: Final = """import { serve } from '@hono/node-server'
import { Hono } from 'hono'
import { cors } from 'hono/cors'
import { randomUUID } from 'node:crypto'

const app = new Hono()
const users = new Map(), sessions = new Map(), journals = []
app.use('*', cors({ origin: «ORIGIN», credentials: true }))
const signedIn = async (c, next) => {
  const id = sessions.get((c.req.header('Authorization') ?? '').replace('Bearer ', ''))
  if (!id) return c.json({ error: 'unauthorized' }, 401)
  c.set('user', id)
  await next()
}
app.get('/', (c) => c.text('journal'))
app.post('/api/signup', async (c) => {
  const { username, password } = await c.req.json()
  if (!username || !password || users.has(username)) return c.json({ error: 'taken' }, 400)
  users.set(username, { id: randomUUID(), username, password })
  return c.json({ ok: true }, 201)
})
app.post('/api/login', async (c) => {
  const { username, password } = await c.req.json()
  const user = users.get(username)
  if (!user || user.password !== password) return c.json({ error: 'wrong' }, 401)
  const token = randomUUID()
  sessions.set(token, user.id)
  return c.json({ token })
})
app.get('/api/journals', signedIn, (c) => c.json(journals.filter((j) => j.userId === c.get('user'))))
app.post('/api/journals', signedIn, async (c) => {
  const { title, body } = await c.req.json()
  const made = { id: randomUUID(), userId: c.get('user'), title, body }
  journals.push(made)
  return c.json(made, 201)
})
app.get('/api/journals/:id', «GUARD» (c) => {
  const found = journals.find((j) => j.id === c.req.param('id') «READ»)
  return found ? c.json(found) : c.json({ error: 'none' }, 404)
})
app.put('/api/journals/:id', signedIn, async (c) => {
  const found = journals.find((j) => j.id === c.req.param('id') «WRITE»)
  if (!found) return c.json({ error: 'none' }, 404)
  const { title, body } = await c.req.json()
  Object.assign(found, { title, body })
  return c.json(found)
})
app.get('/api/users', signedIn, (c) => c.json([...users.values()].map((u) => («USER»))))
app.get('/api/quotes', (c) => c.json([{ id: 1, text: 'Write.' }]))
serve({ fetch: app.fetch, port: Number(process.env.PORT) })
"""

PLAIN: Final = """import { createServer } from 'node:http'
import { randomBytes } from 'node:crypto'

const people = {}, seats = {}, notes = []
const read = async (req) => { let s = ''; for await (const c of req) s += c; return s ? JSON.parse(s) : {} }
const send = (res, status, body) => { res.writeHead(status, { 'content-type': 'application/json' }); res.end(JSON.stringify(body)) }

createServer(async (req, res) => {
  try {
    const url = new URL(req.url, 'http://x')
    const me = seats[(req.headers.authorization ?? '').slice(7)]
    const one = url.pathname.match(/^\\/api\\/notes\\/(\\d+)$/)
    if (url.pathname === '/api/register' && req.method === 'POST') {
      const { email, password } = await read(req)
      if (!email || !password || people[email]) return send(res, 400, { error: 'no' })
      people[email] = { email, password }
      return send(res, 201, { email })
    }
    if (url.pathname === '/api/login' && req.method === 'POST') {
      const { email, password } = await read(req)
      if (!people[email] || people[email].password !== password) return send(res, 401, { error: 'no' })
      const token = randomBytes(16).toString('hex')
      seats[token] = email
      return send(res, 200, { token })
    }
    if (url.pathname === '/api/notes' && req.method === 'GET') {
      if (!me) return send(res, 401, { error: 'sign in' })
      return send(res, 200, notes.filter((n) => n && «LIST»))
    }
    if (url.pathname === '/api/notes' && req.method === 'POST') {
      if (!me) return send(res, 401, { error: 'sign in' })
      const { text } = await read(req)
      notes.push({ id: notes.length + 1, by: me, text })
      return send(res, 201, notes.at(-1))
    }
    if (one && req.method === 'DELETE') {
      «DROP_GUARD»
      const at = notes.findIndex((n) => n && n.id === Number(one[1]) «DROP»)
      if (at < 0) return send(res, 404, { error: 'none' })
      notes[at] = null
      return send(res, 200, { ok: true })
    }
    if (url.pathname === '/api/export' && req.method === 'GET') {
      «EXPORT_GUARD»
      return send(res, 200, «EXPORT»)
    }
    if (url.pathname === '/go' && req.method === 'GET') {
      const to = url.searchParams.get('to') ?? '/'
      res.writeHead(302, { location: «GO» })
      return res.end()
    }
    send(res, 404, { error: 'none' })
  } catch (error) {
    send(res, 500, { error: «ERROR» })
  }
}).listen(Number(process.env.PORT))
"""

GALLERY: Final = """import os, json
from http.server import BaseHTTPRequestHandler, SimpleHTTPRequestHandler, ThreadingHTTPServer

os.makedirs("public", exist_ok=True)
open("public/index.html", "w").write("<h1>Gallery</h1>")
open("guests.json", "w").write(json.dumps([{"name": "Ana Maria", "email": "ana@mail.test", "phone": "+55 11 91234 5678"}, {"name": "Rui", "email": "rui@mail.test", "phone": "+55 21 99876 5432"}]))
PICTURES = [{"id": 1, "title": "Sea"}, {"id": 2, "title": "Hill"}]


class Gallery(SimpleHTTPRequestHandler):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, directory=«FOLDER», **kwargs)

    def do_GET(self):
        if self.path == "/api/pictures":
            return self.give(PICTURES)
        if self.path == "/api/guests":
            return self.give(«GUESTS»)
        return super().do_GET()

    def give(self, what, status=200):
        body = json.dumps(what).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args):
        pass


ThreadingHTTPServer(("127.0.0.1", int(os.environ["PORT"])), Gallery).serve_forever()
"""

WISHES: Final = """import os, sqlite3
from functools import wraps
from flask import Flask, abort, jsonify, request, session

app = Flask(__name__)
app.secret_key = os.urandom(24)
db = sqlite3.connect(":memory:", check_same_thread=False, isolation_level=None)
db.row_factory = sqlite3.Row
db.executescript("create table users(id integer primary key, username text unique, password text, is_admin int default 0);"
                 "create table wishes(id integer primary key, user_id int, title text)")


def login_required(view):
    @wraps(view)
    def inner(*args, **kwargs):
        if "id" not in session:
            return jsonify(error="login"), 401
        return view(*args, **kwargs)
    return inner


@app.post("/api/register")
def register():
    data = request.get_json()
    columns = ["username", "password"] + «MORE»
    try:
        db.execute(f"insert into users({','.join(columns)}) values({','.join('?' * len(columns))})", [data[c] for c in columns])
    except sqlite3.IntegrityError:
        return jsonify(error="taken"), 409
    return jsonify(ok=True), 201


@app.post("/api/login")
def login():
    data = request.get_json()
    row = db.execute("select * from users where username=? and password=?", (data.get("username"), data.get("password"))).fetchone()
    if row is None:
        return jsonify(error="wrong"), 401
    session["id"] = row["id"]
    return jsonify(ok=True)


@app.get("/api/me")
@login_required
def me():
    row = db.execute("select id, username, is_admin from users where id=?", (session["id"],)).fetchone()
    return jsonify({**dict(row), "is_admin": bool(row["is_admin"])})


@app.get("/api/wishes")
@login_required
def wishes():
    return jsonify([dict(r) for r in db.execute("select id, title from wishes where user_id=?", (session["id"],))])


@app.post("/api/wishes")
@login_required
def wish():
    made = db.execute("insert into wishes(user_id, title) values(?,?)", (session["id"], request.get_json()["title"])).lastrowid
    return jsonify(id=made), 201


@app.get("/api/wishes/<int:number>")
@login_required
def one(number):
    row = db.execute("select id, title from wishes where id=?" + «READ», (number,) + «READ_BY»).fetchone()
    return jsonify(dict(row)) if row else abort(404)


@app.put("/api/wishes/<int:number>")
«WRITE_GUARD»
def write(number):
    done = db.execute("update wishes set title=? where id=?" + «WRITE», (request.get_json()["title"], number) + «WRITE_BY»).rowcount
    return jsonify(ok=True) if done else abort(404)


@app.get("/api/search")
@login_required
def search():
    q = request.args.get("q", "")
    return jsonify([r["title"] for r in «SEARCH»])


app.run(port=int(os.environ["PORT"]))
"""

LIBRARY: Final = """import express from 'express'
import { randomUUID } from 'node:crypto'
const app = express()
app.use(express.json())
app.use(express.static('.', { dotfiles: 'allow' }))
const members = [], loans = []
const auth = (req, res, next) => {
  req.member = members.find((m) => m.token && m.token === req.get('x-token'))
  req.member ? next() : res.status(401).json({ error: 'sign in' })
}
const staff = (req, res, next) => (req.member?.role === 'admin' ? next() : res.status(403).json({ error: 'staff' }))
app.post('/register', (req, res) => {
  const { email, password } = req.body ?? {}
  if (!email || !password) return res.status(400).json({ error: 'missing' })
  members.push({ id: randomUUID(), role: 'member', email, password })
  res.status(201).json({ email })
})
app.post('/login', (req, res) => {
  const member = members.find((m) => m.email === req.body?.email && m.password === req.body?.password)
  if (!member) return res.status(401).json({ error: 'wrong' })
  member.token = randomUUID()
  res.json({ token: member.token, header: 'x-token' })
})
app.get('/loans', auth, (req, res) => res.json(loans.filter((l) => l.member === req.member.id)))
app.post('/loans', auth, (req, res) => {
  const loan = { id: loans.length + 1, member: req.member.id, book: String(req.body?.book ?? ''), note: String(req.body?.note ?? '') }
  loans.push(loan)
  res.status(201).json(loan)
})
app.get('/loans/:id', auth, (req, res) => {
  const loan = loans.find((l) => l.id === Number(req.params.id))
  loan ? res.json(loan) : res.sendStatus(404)
})
app.get('/admin/members', auth, (req, res) => res.json(members.map((m) => ({ id: m.id, email: m.email }))))
app.delete('/admin/members/:id', auth, staff, (req, res) => res.json({ ok: true }))
app.listen(Number(process.env.PORT))
"""


def _put(text: str, **parts: str) -> str:
    for name, part in parts.items():
        text = text.replace(f"«{name}»", part)
    assert "«" not in text, text[text.index("«") :][:40]
    return text


_MODULE: Final = {"package.json": '{"type": "module"}'}


def cases() -> Iterator[tuple[str, Mapping[str, str], set[str]]]:
    """(name, files, the holes that are in them)."""
    yield "tasks with holes", {
        "main.py": _put(TASKS, FIELDS='k != "id"', READ="", DROP="", ENV="dict(os.environ)", ADMIN="current: dict = Depends(user)")
    }, {
        "makes_admin PATCH /users/me", "others_read GET /tasks/{task_id}", "others_delete DELETE /tasks/{task_id}",
        "debug GET /debug/env", "admin_ordinary GET /admin/users",
    }  # fmt: skip
    own = 'or found["owner"] != current["id"]'
    yield "tasks", {
        "main.py": _put(
            TASKS, FIELDS='k in ("email",)', READ=own, DROP=own, ENV='{"version": "1.0"}',
            ADMIN='current: dict = Depends(lambda current=Depends(user): current if current["role"] == "admin" else (_ for _ in ()).throw(HTTPException(403)))',
        )
    }, set()  # fmt: skip
    yield "journals with holes", {
        "server.js": _put(HONO, ORIGIN="(origin) => origin", GUARD="", READ="", WRITE="", USER="u"), **_MODULE,
    }, {
        "cors all routes", "everybody_reads GET /api/journals/{id}", "others_change PUT /api/journals/{id}", "password_hashes GET /api/users",
    }  # fmt: skip
    mine = "&& j.userId === c.get('user')"
    yield "journals", {
        "server.js": _put(HONO, ORIGIN="'https://journal.example'", GUARD="signedIn,", READ=mine, WRITE=mine, USER="{ username: u.username }"), **_MODULE,
    }, set()  # fmt: skip
    yield "notes of Node alone with holes", {
        "server.js": _put(PLAIN, LIST="true", DROP_GUARD="", DROP="", EXPORT_GUARD="", EXPORT="notes", GO="to", ERROR="error.stack"), **_MODULE,
    }, {
        "others_read GET /api/notes", "everybody_deletes DELETE /api/notes/{id}", "everybody_reads GET /api/export", "redirect GET /go", "debug errors",
        "emails GET /api/notes", "emails GET /api/export",  # not seeded: who wrote a note is told by their address
    }  # fmt: skip
    need = "if (!me) return send(res, 401, { error: 'sign in' })"
    yield "notes of Node alone", {
        "server.js": _put(PLAIN, LIST="n.by === me", DROP_GUARD=need, DROP="&& n.by === me", EXPORT_GUARD=need, EXPORT="notes.filter((n) => n && n.by === me)", GO="to.startsWith('/') && !to.startsWith('//') ? to : '/'", ERROR="'broken'"), **_MODULE,
    }, set()  # fmt: skip
    yield "gallery with holes", {"main.py": _put(GALLERY, FOLDER='"."', GUESTS='json.load(open("guests.json"))'), "notes.txt": "Call the plumber"}, {
        "personal_data GET /api/guests", "file GET /main.py", "file GET /guests.json",
    }  # fmt: skip
    yield "gallery", {"main.py": _put(GALLERY, FOLDER='"public"', GUESTS='{"count": 2}')}, set()
    yield "wishes with holes", {
        "main.py": _put(WISHES, MORE='[c for c in data if c in ("is_admin",)]', READ='""', READ_BY="()", WRITE_GUARD="", WRITE='""', WRITE_BY="()", SEARCH="db.execute(f\"select title from wishes where user_id={session['id']} and title like '%{q}%'\")")
    }, {
        "makes_admin POST /api/register", "others_read GET /api/wishes/{number}", "everybody_changes PUT /api/wishes/{number}", "sql GET /api/search",
    }  # fmt: skip
    by = '" and user_id=?"'
    yield "wishes", {
        "main.py": _put(WISHES, MORE="[]", READ=by, READ_BY='(session["id"],)', WRITE_GUARD="@login_required", WRITE=by, WRITE_BY='(session["id"],)', SEARCH="db.execute(\"select title from wishes where user_id=? and title like ?\", (session['id'], f'%{q}%'))")
    }, set()  # fmt: skip
    yield "library with holes", {"server.js": LIBRARY, ".env": "SECRET=8f3k2l1m9n\n", **_MODULE}, {
        "file GET /.env", "file GET /server.js", "others_read GET /loans/{id}", "admin_ordinary GET /admin/members",
    }  # fmt: skip
