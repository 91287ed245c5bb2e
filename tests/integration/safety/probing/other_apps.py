"""Apps of Flask, Express, Django and Node alone: each once as it should be, and once with holes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

FLASK: Final = '''import os, sqlite3
from flask import Flask, abort, redirect, render_template_string, request, session, url_for
from werkzeug.security import check_password_hash, generate_password_hash

app = Flask(__name__, static_folder="static")
app.secret_key = os.urandom(16)
db = sqlite3.connect(":memory:", check_same_thread=False)
db.row_factory = sqlite3.Row
db.executescript("create table user(id integer primary key, username text unique, email text, password text); create table note(id integer primary key, user_id int, text text)")
FORM = """<form method=post>{% for n in names %}<input name="{{ n }}" {% if n == 'password' %}type=password{% endif %}>{% endfor %}<button>Go</button></form>"""


def user():
    return session.get("user")


@app.route("/signup", methods=["GET", "POST"])
def signup():
    if request.method == "POST":
        db.execute("insert into user(username, email, password) values(?,?,?)", (request.form["username"], request.form["email"], generate_password_hash(request.form["password"], "pbkdf2:sha256:1000")))
        return redirect(url_for("login"))
    return render_template_string(FORM, names=["username", "email", "password"])


@app.route("/login", methods=["GET", "POST"])
def login():
    if request.method == "POST":
        row = db.execute("select * from user where username=?", (request.form["username"],)).fetchone()
        if row and check_password_hash(row["password"], request.form["password"]):
            session["user"] = row["id"]
            to = request.args.get("next", "/notes")
            return redirect(NEXT)
        return render_template_string(FORM, names=["username", "password"]), 401
    return render_template_string(FORM, names=["username", "password"])


@app.get("/")
def home():
    return "<h1>Notes</h1>"


@app.route("/notes", methods=["GET", "POST"])
def notes():
    if not user():
        return redirect(url_for("login"))
    if request.method == "POST":
        db.execute("insert into note(user_id, text) values(?,?)", (user(), request.form["text"]))
        return redirect(url_for("notes"))
    rows = LIST
    return render_template_string("<form method=post><input name=text></form><ul>{% for n in rows %}<li><a href='/notes/{{ n.id }}'>{{ n.text }}</a></li>{% endfor %}</ul>", rows=rows)


@app.route("/notes/<int:note_id>")
def note(note_id):
    if not user():
        return redirect(url_for("login"))
    row = db.execute("select * from note where id=?", (note_id,)).fetchone()
    if row is None or READ:
        abort(404)
    return render_template_string("<p>{{ n.text }}</p>", n=row)


@app.route("/notes/<int:note_id>/delete", methods=["POST"])
def delete(note_id):
    if not user():
        return redirect(url_for("login"))
    row = db.execute("select * from note where id=?", (note_id,)).fetchone()
    if row is None or DELETE:
        abort(404)
    db.execute("delete from note where id=?", (note_id,))
    return redirect(url_for("notes"))


@app.get("/search")
def search():
    q = request.args.get("q", "")
    return {"found": [r["id"] for r in SEARCH]}


@app.get("/admin")
def admin():
    ADMIN
    return render_template_string("<table>{% for u in us %}<tr><td>{{ u.email }}</td></tr>{% endfor %}</table>", us=db.execute("select * from user").fetchall())


app.run(port=int(os.environ["PORT"]), debug=False)
'''
FLASK_SAFE: Final = {
    "NEXT": 'to if to.startswith("/") and not to.startswith("//") else "/notes"', "LIST": 'db.execute("select * from note where user_id=?", (user(),)).fetchall()',
    "READ": 'row["user_id"] != user()', "DELETE": 'row["user_id"] != user()', "SEARCH": 'db.execute("select id from note where text like ?", ("%" + q + "%",))',
    "ADMIN": 'abort(404)',
}  # fmt: skip
FLASK_HOLES: Final[dict[str, tuple[dict[str, str], set[str]]]] = {
    "next": ({"NEXT": "to"}, {"redirect POST /login"}),
    "list": ({"LIST": 'db.execute("select * from note").fetchall()'}, {"others_read GET /notes"}),
    "read": ({"READ": "False"}, {"others_read GET /notes/{note_id}"}),
    "delete": ({"DELETE": "False"}, {"others_delete POST /notes/{note_id}/delete"}),
    "sql": ({"SEARCH": 'db.execute(f"select id from note where text like \'%{q}%\'")'}, {"sql GET /search"}),
    "admin to everybody": ({"ADMIN": "pass"}, {"admin_open GET /admin"}),
    "admin to accounts": ({"ADMIN": 'if not user():\n        abort(401)'}, {"admin_ordinary GET /admin"}),
}  # fmt: skip

EXPRESS: Final = """const express = require('express')
const crypto = require('crypto')
const fs = require('fs')
const path = require('path')
const app = express()
app.use(express.json())
fs.mkdirSync(path.join(__dirname, 'public'), { recursive: true })
fs.mkdirSync(path.join(__dirname, 'docs'), { recursive: true })
const users = [], tasks = [], sessions = new Map()
let next = 1
CORS
const hash = (p) => crypto.createHash('sha256').update(p).digest('hex')
app.use((req, res, next) => {
  const id = /sid=(\\w+)/.exec(req.headers.cookie || '')?.[1]
  req.user = users.find((u) => u.id === sessions.get(id))
  next()
})
const signedIn = (req, res, next) => (req.user ? next() : res.status(401).json({ error: 'Sign in' }))
app.post('/api/auth/register', (req, res) => {
  const { email, password, name } = req.body
  if (!email || !password) return res.status(400).json({ error: 'missing' })
  const user = { id: next++, email, name, passwordHash: hash(password), role: ROLE }
  users.push(user)
  res.status(201).json({ id: user.id })
})
app.post('/api/auth/login', (req, res) => {
  const { email, password } = req.body
  const user = users.find((u) => u.email === email && u.passwordHash === hash(password))
  if (!user) return res.status(401).json({ error: 'wrong' })
  const sid = crypto.randomBytes(16).toString('hex')
  sessions.set(sid, user.id)
  res.setHeader('Set-Cookie', `sid=${sid}; HttpOnly; Path=/`).json({ ok: true })
})
app.get('/api/me', signedIn, (req, res) => res.json(ME))
const router = express.Router()
router.get('/', LIST_GUARD (req, res) => res.json(tasks.filter((t) => LIST)))
router.post('/', signedIn, (req, res) => {
  const task = { id: next++, userId: req.user.id, title: req.body.title, done: false }
  tasks.push(task)
  res.status(201).json(task)
})
router.get('/:id', READ_GUARD (req, res) => {
  const task = tasks.find((t) => t.id === +req.params.id && (READ))
  task ? res.json(task) : res.status(404).json({ error: 'none' })
})
router.patch('/:id', CHANGE_GUARD (req, res) => {
  const task = tasks.find((t) => t.id === +req.params.id && (CHANGE))
  if (!task) return res.status(404).json({ error: 'none' })
  if (req.body.title) task.title = req.body.title
  res.json(task)
})
router.delete('/:id', DROP_GUARD (req, res) => {
  const at = tasks.findIndex((t) => t.id === +req.params.id && (DROP))
  if (at < 0) return res.status(404).json({ error: 'none' })
  tasks.splice(at, 1)
  res.status(204).end()
})
app.use('/api/tasks', router)
app.get('/api/users', USERS_GUARD (req, res) => res.json(users.map((u) => (USERS))))
app.get('/api/admin/stats', ADMIN_GUARD (req, res) => res.json({ users: users.length }))
app.get('/download', (req, res) => {
  const name = String(req.query.file)
  const target = FILE
  fs.readFile(target, 'utf8', (error, text) => (error ? res.status(404).end() : res.type('text').send(text)))
})
app.get('/go', (req, res) => res.redirect(GO))
app.use(express.static(STATIC, { dotfiles: 'allow' }))
MORE
app.listen(process.env.PORT, '127.0.0.1')
"""
EXPRESS_SAFE: Final = {
    "CORS": "app.use((req, res, next) => { res.setHeader('Access-Control-Allow-Origin', '*'); next() })", "ROLE": "'user'",
    "ME": "{ id: req.user.id, email: req.user.email, role: req.user.role }", "LIST_GUARD": "signedIn,", "READ_GUARD": "signedIn,", "CHANGE_GUARD": "signedIn,",
    "DROP_GUARD": "signedIn,", "LIST": "t.userId === req.user.id", "READ": "t.userId === req.user.id", "CHANGE": "t.userId === req.user.id", "DROP": "t.userId === req.user.id",
    "USERS_GUARD": "signedIn,", "USERS": "{ id: u.id, name: u.name }", "ADMIN_GUARD": "(req, res, next) => (req.user?.role === 'admin' ? next() : res.status(403).json({ error: 'no' })),",
    "FILE": "path.join(__dirname, 'docs', path.basename(name))", "GO": "String(req.query.to || '/').replace(/^\\/*/, '/').replace(/^\\/[\\\\/]+/, '/')", "STATIC": "path.join(__dirname, 'public')", "MORE": "",
}  # fmt: skip
EXPRESS_HOLES: Final[dict[str, tuple[dict[str, str], set[str]]]] = {
    "list": ({"LIST": "true"}, {"others_read GET /api/tasks"}), "list to all": ({"LIST": "true", "LIST_GUARD": ""}, {"everybody_reads GET /api/tasks"}),
    "read": ({"READ": "true"}, {"others_read GET /api/tasks/{id}"}), "read by all": ({"READ": "true", "READ_GUARD": ""}, {"everybody_reads GET /api/tasks/{id}"}),
    "change": ({"CHANGE": "true"}, {"others_change PATCH /api/tasks/{id}"}), "change by all": ({"CHANGE": "true", "CHANGE_GUARD": ""}, {"everybody_changes PATCH /api/tasks/{id}"}),
    "drop": ({"DROP": "true"}, {"others_delete DELETE /api/tasks/{id}"}), "drop by all": ({"DROP": "true", "DROP_GUARD": ""}, {"everybody_deletes DELETE /api/tasks/{id}"}),
    "hashes": ({"USERS": "{ id: u.id, passwordHash: u.passwordHash }"}, {"password_hashes GET /api/users"}), "me": ({"ME": "req.user"}, {"password_hashes GET /api/me"}),
    "emails": ({"USERS": "{ id: u.id, email: u.email }"}, {"emails GET /api/users"}), "admin": ({"ADMIN_GUARD": ""}, {"admin_open GET /api/admin/stats"}),
    "admin to accounts": ({"ADMIN_GUARD": "signedIn,"}, {"admin_ordinary GET /api/admin/stats"}), "role": ({"ROLE": "req.body.role || 'user'"}, {"makes_admin POST /api/auth/register"}),
    "cors": ({"CORS": "app.use((req, res, next) => { res.setHeader('Access-Control-Allow-Origin', req.headers.origin || '*'); res.setHeader('Access-Control-Allow-Credentials', 'true'); next() })"}, {"cors all routes"}),
    "file": ({"FILE": "path.join(__dirname, 'docs', name)"}, {"traversal GET /download"}), "go": ({"GO": "String(req.query.to)"}, {"redirect GET /go"}),
    "static": ({"STATIC": "__dirname"}, {"file GET /server.js", "file GET /.env"}), "env": ({"MORE": "app.get('/debug', (req, res) => res.json(process.env))"}, {"debug GET /debug"}),
    "trace": ({"MORE": "app.get('/api/parse', (req, res) => res.json(JSON.parse(req.query.v || '1')))"}, {"debug errors"}),
}  # fmt: skip

NODE: Final = """const http = require('node:http')
const crypto = require('node:crypto')
const contacts = []
const body = (req) => new Promise((done) => { let t = ''; req.on('data', (d) => (t += d)); req.on('end', () => { try { done(JSON.parse(t || '{}')) } catch { done({}) } }) })
const send = (res, status, data) => { res.writeHead(status, { 'content-type': 'application/json' }); res.end(JSON.stringify(data)) }
http.createServer(async (req, res) => {
  const url = new URL(req.url, 'http://x')
  if (url.pathname === '/api/THINGS' && req.method === 'GET') return send(res, 200, contacts)
  if (url.pathname === '/api/THINGS' && req.method === 'POST') {
    const data = await body(req)
    const made = { id: contacts.length + 1, A: data.A, B: data.B }
    contacts.push(made)
    return send(res, 201, made)
  }
  send(res, 404, { error: 'none' })
}).listen(process.env.PORT, '127.0.0.1')
"""

SETTINGS: Final = """import os, sys
from django.conf import settings
settings.configure(DEBUG=False, SECRET_KEY=os.urandom(20).hex(), ALLOWED_HOSTS=["*"], ROOT_URLCONF="urls", INSTALLED_APPS=["django.contrib.auth", "django.contrib.contenttypes", "django.contrib.sessions"],
    MIDDLEWARE=["django.contrib.sessions.middleware.SessionMiddleware", "django.middleware.csrf.CsrfViewMiddleware", "django.contrib.auth.middleware.AuthenticationMiddleware"],
    DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": "app.sqlite3"}}, TEMPLATES=[{"BACKEND": "django.template.backends.django.DjangoTemplates"}], PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"], DEFAULT_AUTO_FIELD="django.db.models.AutoField")
import django
django.setup()
from django.core.management import call_command, execute_from_command_line
call_command("migrate", verbosity=0)
from django.db import connection
connection.cursor().execute("create table if not exists diary(id integer primary key, user_id int, text varchar(500))")
execute_from_command_line(["manage.py", "runserver", "--noreload", os.environ["PORT"]])
"""
URLS: Final = """from django.contrib.auth import authenticate, login
from django.contrib.auth.models import User
from django.db import connection
from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.middleware.csrf import get_token
from django.urls import path


def form(request, *names):
    inputs = "".join(f'<input name="{n}">' for n in names)
    return HttpResponse(f'<form method="post"><input type="hidden" name="csrfmiddlewaretoken" value="{get_token(request)}">{inputs}</form>')


def rows(sql, *values):
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return cursor.fetchall() if cursor.description else []


def register(request):
    if request.method == "POST":
        User.objects.create_user(request.POST["username"], request.POST["email"], request.POST["password"])
        return redirect("/login/")
    return form(request, "username", "email", "password")


def sign_in(request):
    if request.method == "POST":
        user = authenticate(request, username=request.POST["username"], password=request.POST["password"])
        if user:
            login(request, user)
            return redirect("/diary/")
        return HttpResponse("wrong", status=401)
    return form(request, "username", "password")


def diary(request):
    if not request.user.is_authenticated:
        return redirect("/login/")
    if request.method == "POST":
        rows("insert into diary(user_id, text) values(%s, %s)", request.user.id, request.POST["text"])
        return redirect("/diary/")
    found = LIST
    return HttpResponse(form(request, "text").content.decode() + "".join(f'<a href="/diary/{i}/">{t}</a>' for i, t in found))


def entry(request, pk):
    if not request.user.is_authenticated:
        return redirect("/login/")
    found = ONE
    return HttpResponse(found[0][0]) if found else HttpResponse("none", status=404)


def people(request):
    PEOPLE
    return JsonResponse({"people": [FIELDS for u in User.objects.all()]})


urlpatterns = [path("register/", register), path("login/", sign_in), path("diary/", diary), path("diary/<int:pk>/", entry), path("api/people/", people), path("", lambda r: HttpResponse("<h1>Diary</h1>"))]
"""
DJANGO_SAFE: Final = {
    "LIST": 'rows("select id, text from diary where user_id=%s", request.user.id)', "ONE": 'rows("select text from diary where id=%s and user_id=%s", pk, request.user.id)',
    "PEOPLE": "if not request.user.is_staff:\n        return JsonResponse({}, status=403)", "FIELDS": '{"name": u.username}',
}  # fmt: skip
DJANGO_HOLES: Final[dict[str, tuple[dict[str, str], set[str]]]] = {
    "list": ({"LIST": 'rows("select id, text from diary")'}, {"others_read GET /diary/"}), "one": ({"ONE": 'rows("select text from diary where id=%s", pk)'}, {"others_read GET /diary/{pk}/"}),
    "emails": ({"PEOPLE": "pass", "FIELDS": '{"email": u.email}'}, {"emails GET /api/people/"}), "hashes": ({"PEOPLE": "pass", "FIELDS": '{"password": u.password}'}, {"password_hashes GET /api/people/"}),
}  # fmt: skip


def cases() -> Iterator[tuple[str, dict[str, str], set[str]]]:
    """(name, files, the holes that are in them)."""
    for framework, name, text, safe, holes in (
        ("flask", "main.py", FLASK, FLASK_SAFE, FLASK_HOLES), ("express", "server.js", EXPRESS, EXPRESS_SAFE, EXPRESS_HOLES), ("django", "urls.py", URLS, DJANGO_SAFE, DJANGO_HOLES),
    ):  # fmt: skip
        extra = {"manage.py": SETTINGS} if framework == "django" else {".env": "APP_SECRET=not-told\n"}
        yield f"{framework} clean", {name: _put(text, safe), **extra}, set()
        for hole, (changes, expected) in holes.items():
            yield f"{framework} {hole}", {name: _put(text, {**safe, **changes}), **extra}, expected
    for things, fields, expected in (
        ("contacts", ("name", "email"), {"personal_data GET /api/contacts"}), ("patients", ("name", "diagnosis"), {"personal_data GET /api/patients"}),
        ("books", ("title", "author"), set()), ("recipes", ("title", "steps"), set()), ("scores", ("player", "points"), set()), ("messages", ("nick", "text"), set()),
    ):  # fmt: skip
        yield (
            f"node {things}",
            {"server.js": NODE.replace("THINGS", things).replace("A", fields[0]).replace("B", fields[1])},
            expected,
        )


def _put(text: str, slots: dict[str, str]) -> str:
    for slot in sorted(slots, key=len, reverse=True):
        assert slot in text, slot
        text = text.replace(slot, slots[slot])
    return text
