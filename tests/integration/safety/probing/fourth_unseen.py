"""A second set by the hand of `third_unseen`, written after what that one found was mended, and asked once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

RECIPES: Final = {
    "manage.py": """import os, sys
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config")
from django.core.management import execute_from_command_line
if "runserver" in sys.argv:
    execute_from_command_line(["manage.py", "migrate", "--run-syncdb", "-v", "0"])
execute_from_command_line(sys.argv)
""",
    "config.py": """import os
SECRET_KEY = os.urandom(24).hex()
DEBUG = False
ALLOWED_HOSTS = ["*"]
ROOT_URLCONF = "views"
INSTALLED_APPS = ["django.contrib.auth", "django.contrib.contenttypes", "django.contrib.sessions", "recipes"]
MIDDLEWARE = ["django.contrib.sessions.middleware.SessionMiddleware", "django.contrib.auth.middleware.AuthenticationMiddleware"]
DATABASES = {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": "app.sqlite3"}}
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
""",
    "recipes/__init__.py": "",
    "recipes/models.py": """from django.conf import settings
from django.db import models


class Recipe(models.Model):
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE)
    title = models.CharField(max_length=200)
    steps = models.TextField(default="")
""",
    "views.py": """import json
from django.contrib.auth import authenticate, get_user_model, login
from django.http import JsonResponse
from django.urls import path
from django.views.decorators.http import require_http_methods
from recipes.models import Recipe


def shown(one):
    return {"id": one.id, "title": one.title, "steps": one.steps}


def guarded(view):
    def inner(request, *args, **kwargs):
        if not request.user.is_authenticated:
            return JsonResponse({"error": "sign in"}, status=401)
        return view(request, *args, **kwargs)
    return inner


@require_http_methods(["POST"])
def register(request):
    data = json.loads(request.body)
    if get_user_model().objects.filter(username=data["username"]).exists():
        return JsonResponse({"error": "taken"}, status=409)
    user = get_user_model().objects.create_user(username=data["username"], password=data["password"])
    return JsonResponse({"id": user.id}, status=201)


@require_http_methods(["POST"])
def sign_in(request):
    data = json.loads(request.body)
    user = authenticate(request, username=data.get("username"), password=data.get("password"))
    if user is None:
        return JsonResponse({"error": "wrong"}, status=401)
    login(request, user)
    return JsonResponse({"ok": True})


@guarded
@require_http_methods(["GET", "POST"])
def recipes(request):
    if request.method == "POST":
        data = json.loads(request.body)
        made = Recipe.objects.create(owner=request.user, title=data.get("title", ""), steps=data.get("steps", ""))
        return JsonResponse(shown(made), status=201)
    return JsonResponse([shown(one) for one in Recipe.objects.filter(owner=request.user)], safe=False)


@require_http_methods(["GET", "PUT", "DELETE"])
def recipe(request, pk):
    found = «FOUND»
    if found is None:
        return JsonResponse({"error": "none"}, status=404)
    if request.method == "DELETE":
        found.delete()
        return JsonResponse({"ok": True})
    if request.method == "PUT":
        found.title = json.loads(request.body).get("title", found.title)
        found.save()
    return JsonResponse(shown(found))


@guarded
def staff(request):
    if not «STAFF»:
        return JsonResponse({"error": "staff"}, status=403)
    return JsonResponse([one.username for one in get_user_model().objects.all()], safe=False)


urlpatterns = [path("api/register/", register), path("api/login/", sign_in), path("api/recipes/", recipes), path("api/recipes/<int:pk>/", recipe), path("api/admin/users/", staff)]
""",
}

CHAT: Final = """import express from 'express'
import { randomUUID } from 'node:crypto'
const app = express()
app.disable('x-powered-by')
app.use(express.json())
const users = new Map(), keys = new Map(), rooms = []
const auth = (req, res, next) => {
  const cookie = /sid=([\\w-]+)/.exec(req.headers.cookie ?? '')?.[1]
  req.user = keys.get(cookie)
  return req.user ? next() : res.status(401).json({ error: 'sign in' })
}
app.post('/auth/signup', (req, res) => {
  const { name, email, password } = req.body
  if (!email || !password || users.has(email)) return res.status(400).json({ error: 'no' })
  users.set(email, { id: randomUUID(), name, email, password, isAdmin: false })
  res.status(201).json({ ok: true })
})
app.post('/auth/signin', (req, res) => {
  const user = users.get(req.body.email)
  if (!user || user.password !== req.body.password) return res.status(401).json({ error: 'wrong' })
  const sid = randomUUID()
  keys.set(sid, user)
  res.setHeader('Set-Cookie', `sid=${sid}; HttpOnly; Path=/`)
  res.json({ ok: true })
})
app.get('/profile', auth, (req, res) => res.json({ id: req.user.id, name: req.user.name, isAdmin: req.user.isAdmin }))
app.put('/profile', auth, (req, res) => {
  «PROFILE»
  res.json({ id: req.user.id, name: req.user.name, isAdmin: req.user.isAdmin })
})
app.get('/messages', auth, (req, res) => res.json(rooms.filter((m) => m.from === req.user.id)))
app.post('/messages', auth, (req, res) => {
  const message = { id: randomUUID(), from: req.user.id, to: req.body.to ?? '', text: req.body.text ?? '' }
  rooms.push(message)
  res.status(201).json(message)
})
app.patch('/messages/:id', auth, (req, res) => {
  const found = rooms.find((m) => m.id === req.params.id «EDIT»)
  if (!found) return res.sendStatus(404)
  found.text = req.body.text ?? found.text
  res.json(found)
})
app.get('/messages/:id', auth, (req, res) => {
  const found = rooms.find((m) => m.id === req.params.id «READ»)
  found ? res.json(found) : res.sendStatus(404)
})
app.get('/status', (req, res) => res.json(«STATUS»))
app.get('/logout', (req, res) => res.redirect(«OUT»))
app.use((error, req, res, next) => res.status(500).json({ error: «ERROR» }))
app.listen(Number(process.env.PORT))
"""

CLUB: Final = """import os, csv, io
from flask import Flask, Response, jsonify, request, send_from_directory
from werkzeug.security import safe_join

app = Flask(__name__, static_folder=None)
os.makedirs("files", exist_ok=True)
open("files/rules.txt", "w").write("Be kind.")
MEMBERS = [{"id": 1, "name": "Ana Maria", "email": "ana@mail.test", "phone": "+55 11 91234 5678"}, {"id": 2, "name": "Rui", "email": "rui@mail.test", "phone": "+55 21 99876 5432"}]
EVENTS = [{"id": 1, "title": "Picnic", "place": "Park"}]
KEY = os.urandom(8).hex()


@app.get("/api/events")
def events():
    return jsonify(EVENTS)


@app.get("/api/members")
def members():
    «KEYED»
    return jsonify(MEMBERS)


@app.get("/admin/members.csv")
def export():
    «KEYED»
    out = io.StringIO()
    csv.DictWriter(out, ["id", "name", "email", "phone"]).writerows(MEMBERS)
    return Response(out.getvalue(), mimetype="text/csv")


@app.get("/files/<path:name>")
def files(name):
    return «FILE»


@app.get("/api/config")
def config():
    return jsonify(«CONFIG»)


app.run(port=int(os.environ["PORT"]))
"""


def _put(text: str, **parts: str) -> str:
    for name, part in parts.items():
        text = text.replace(f"«{name}»", part)
    assert "«" not in text, text[text.index("«") :][:40]
    return text


def _recipes(**parts: str) -> dict[str, str]:
    return {**RECIPES, "views.py": _put(RECIPES["views.py"], **parts)}


_MODULE: Final = {"package.json": '{"type": "module"}'}


def cases() -> Iterator[tuple[str, Mapping[str, str], set[str]]]:
    """(name, files, the holes that are in them)."""
    yield "recipes with holes", _recipes(FOUND="Recipe.objects.filter(pk=pk).first()", STAFF="request.user.is_active"), {
        "everybody_reads GET /api/recipes/{pk}/", "everybody_changes PUT /api/recipes/{pk}/", "everybody_deletes DELETE /api/recipes/{pk}/",
        "admin_ordinary GET /api/admin/users/", "admin_ordinary POST /api/admin/users/",
    }  # fmt: skip
    yield (
        "recipes",
        _recipes(
            FOUND="Recipe.objects.filter(pk=pk, owner_id=request.user.pk or 0).first()", STAFF="request.user.is_staff"
        ),
        set(),
    )
    yield "chat with holes", {
        "server.js": _put(
            CHAT, PROFILE="Object.assign(req.user, req.body)", EDIT="", READ="", STATUS="process.env", OUT="req.query.next ?? '/'", ERROR="error.stack",
        ), **_MODULE,
    }, {
        "makes_admin PUT /profile", "others_change PATCH /messages/{id}", "others_read GET /messages/{id}", "debug GET /status",
        "redirect GET /logout", "debug errors",
    }  # fmt: skip
    own = "&& m.from === req.user.id"
    yield "chat", {
        "server.js": _put(CHAT, PROFILE="req.user.name = String(req.body.name ?? req.user.name)", EDIT=own, READ=own, STATUS="{ up: true }", OUT="'/'", ERROR="'broken'"), **_MODULE,
    }, set()  # fmt: skip
    yield "club with holes", {
        "main.py": _put(CLUB, KEYED="pass", FILE='open("files/" + name).read()', CONFIG="dict(os.environ)"),
    }, {
        "personal_data GET /api/members", "admin_open GET /admin/members.csv", "traversal GET /files/{name}", "debug GET /api/config",
    }  # fmt: skip
    keyed = 'if request.headers.get("X-Admin-Key") != KEY: return jsonify(error="key"), 401'
    yield "club", {
        "main.py": _put(CLUB, KEYED=keyed, FILE='send_from_directory("files", name)', CONFIG='{"title": "Club", "theme": "green"}'),
    }, set()  # fmt: skip
