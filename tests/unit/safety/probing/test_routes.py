"""The routes of an app by its sources, however its framework writes them."""

from __future__ import annotations

from builder.safety.probing.routes.reading import read_sources
from preview_runtime.file_tree import FileTree


def routes(files: dict[str, str]) -> dict[str, tuple[str, ...]]:
    """What is found, with the fields that each reads."""
    return {route.says: tuple(sorted((*route.fields, *route.query))) for route in read_sources(FileTree(files)).routes}


def test_fastapi_with_routers_of_other_files() -> None:
    assert routes({
        "main.py": "from fastapi import FastAPI\nfrom app import orders\napp = FastAPI()\napp.include_router(orders.router, prefix='/api')\n",
        "app/orders.py": "from fastapi import APIRouter\nfrom pydantic import BaseModel\nrouter = APIRouter(prefix='/orders')\nclass Order(BaseModel):\n    product: str\n    count: int = 1\n@router.post('')\ndef add(order: Order): ...\n@router.get('/{order_id}')\ndef one(order_id: int, full: bool = False): ...\n",
    }) == {"POST /api/orders": ("count", "product"), "GET /api/orders/{order_id}": ("full",)}  # fmt: skip


def test_flask_with_blueprints_and_forms() -> None:
    assert routes({
        "main.py": "from flask import Flask\nfrom notes import bp\napp = Flask(__name__)\napp.register_blueprint(bp, url_prefix='/notes')\n",
        "notes.py": "from flask import Blueprint, request\nbp = Blueprint('notes', __name__)\n@bp.route('/<int:number>', methods=['POST', 'DELETE'])\ndef note(number):\n    return request.form['text'] + request.args.get('q', '')\n",
    }) == {"POST /notes/{number}": ("q", "text"), "DELETE /notes/{number}": ("q", "text")}  # fmt: skip


def test_django_with_included_addresses() -> None:
    found = routes({
        "site/urls.py": "from django.urls import include, path\nurlpatterns = [path('shop/', include('shop.urls'))]\n",
        "shop/urls.py": "from django.urls import path\nfrom . import views\nurlpatterns = [path('order/<int:pk>/', views.order)]\n",
        "shop/views.py": "def order(request, pk):\n    if request.method == 'POST':\n        return request.POST['address']\n",
    })  # fmt: skip
    assert found == {"GET /shop/order/{pk}/": (), "POST /shop/order/{pk}/": ("address",)}


def test_express_with_routers_of_other_files() -> None:
    assert routes({
        "server.js": "const express = require('express')\nconst app = express()\napp.use('/api/tasks', require('./routes/tasks'))\napp.get('/search', (req, res) => res.json(req.query.q))\napp.listen(1)\n",
        "routes/tasks.js": "const router = require('express').Router()\nrouter.post('/', (req, res) => { const { title, due } = req.body; res.json(title) })\nrouter.delete('/:id', (req, res) => res.end())\nmodule.exports = router\n",
    }) == {"POST /api/tasks": ("due", "title"), "DELETE /api/tasks/{id}": (), "GET /search": ("q",)}  # fmt: skip


def test_a_server_of_node_alone() -> None:
    found = routes({
        "server.js": "const http = require('node:http')\nhttp.createServer((req, res) => {\n  if (req.method === 'POST' && req.url === '/api/notes') { const data = read(req); return res.end(data.text) }\n  const one = req.url.match(/^\\/api\\/notes\\/(\\d+)$/)\n  if (one && req.method === 'GET') return res.end()\n}).listen(1)\n",
    })  # fmt: skip
    assert found["POST /api/notes"] == ("text",)
    assert "GET /api/notes/{id}" in found


def test_what_is_no_program_has_no_routes() -> None:
    assert routes({"main.py": "def broken(:\n", "server.js": "const = ;;;", "README.md": "app.get('/x')"}) == {}
