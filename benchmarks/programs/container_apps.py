"""The apps that `containers` starts: what a person's first prompt brings, in each framework."""

from __future__ import annotations

from typing import Final

MARK: Final = "first answer"
"""What an edit changes."""

_PYTHON: Final = f"""
import http.server, os
class Page(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b"{MARK}")
    def log_message(self, *arguments):
        pass
http.server.ThreadingHTTPServer(("0.0.0.0", int(os.environ["PORT"])), Page).serve_forever()
"""
_NODE: Final = (
    f"require('node:http').createServer((question, answer) => answer.end('{MARK}')).listen(process.env.PORT)\n"
)
_FASTAPI: Final = f"""
from fastapi import FastAPI
from pydantic import BaseModel

app = FastAPI()


class Answer(BaseModel):
    text: str


@app.get("/")
def home() -> Answer:
    return Answer(text="{MARK}")
"""
_FLASK: Final = f"""
from flask import Flask

app = Flask(__name__)


@app.get("/")
def home():
    return "{MARK}"
"""
_EXPRESS: Final = f"""
import express from 'express'

const app = express()
app.get('/', (question, answer) => answer.send('{MARK}'))
app.listen(process.env.PORT, '0.0.0.0')
"""
_DJANGO_SETTINGS: Final = """
from pathlib import Path

BASE_DIR = Path(__file__).resolve().parent.parent
SECRET_KEY = "only here"
DEBUG = True
ALLOWED_HOSTS = ["*"]
ROOT_URLCONF = "site1.urls"
INSTALLED_APPS = ["django.contrib.contenttypes", "django.contrib.auth", "django.contrib.sessions", "notes"]
MIDDLEWARE = ["django.contrib.sessions.middleware.SessionMiddleware", "django.middleware.common.CommonMiddleware"]
DATABASES = {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": BASE_DIR / "db.sqlite3"}}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
"""
_MIGRATION: Final = """
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True
    dependencies = []
    operations = [
        migrations.CreateModel(
            name="Note",
            fields=[("id", models.BigAutoField(primary_key=True)), ("text", models.TextField())],
        )
    ]
"""
_MANAGE: Final = """
import os
import sys

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "site1.settings")
from django.core.management import execute_from_command_line

execute_from_command_line(sys.argv)
"""

APPS: Final[dict[str, dict[str, str]]] = {
    "python": {"server.py": _PYTHON},
    "node": {"server.js": _NODE},
    "fastapi": {"main.py": _FASTAPI},
    "flask": {"app.py": _FLASK},
    "express": {
        "package.json": '{"type": "module", "scripts": {"start": "node server.js"}}',
        "server.js": _EXPRESS,
    },
    "django": {
        "manage.py": _MANAGE,
        "site1/__init__.py": "",
        "site1/settings.py": _DJANGO_SETTINGS,
        "site1/urls.py": "from django.urls import path\nfrom notes.views import home\n\nurlpatterns = [path('', home)]\n",
        "notes/__init__.py": "",
        "notes/models.py": "from django.db import models\n\n\nclass Note(models.Model):\n    text = models.TextField()\n",
        "notes/migrations/__init__.py": "",
        "notes/migrations/0001_initial.py": _MIGRATION,
        "notes/views.py": (
            "from django.http import HttpResponse\nfrom notes.models import Note\n\n\n"
            f"def home(request):\n    return HttpResponse(f'{MARK} {{Note.objects.count()}}')\n"
        ),
    },
}
