"""A shop in FastAPI, and what is changed in it to make holes."""

from __future__ import annotations

from typing import Final

APP: Final = '''import os, secrets, sqlite3, hashlib, traceback
import uvicorn
from fastapi import Depends, FastAPI, Header, HTTPException
from fastapi.middleware.cors import CORSMiddleware
from fastapi.responses import FileResponse, PlainTextResponse, RedirectResponse
from fastapi.staticfiles import StaticFiles
from pydantic import BaseModel

app = FastAPI()
#CORS
db = sqlite3.connect(":memory:", check_same_thread=False)
db.row_factory = sqlite3.Row
db.executescript("""
create table users(id integer primary key, email text unique, hash text, role text);
create table orders(id integer primary key, user_id int, product text, address text);
create table posts(id integer primary key, user_id int, title text, body text);
""")
tokens = {}
os.makedirs("public", exist_ok=True)
os.makedirs("files", exist_ok=True)
open("public/hello.txt", "w").write("hello")


class Credentials(BaseModel):
    email: str
    password: str
    #ROLE


class Order(BaseModel):
    product: str
    address: str


class Post(BaseModel):
    title: str
    body: str


def hashed(password):
    return "pbkdf2:sha256:1$" + hashlib.sha256(password.encode()).hexdigest()


def me(authorization: str = Header("")):
    user = tokens.get(authorization.removeprefix("Bearer "))
    if user is None:
        raise HTTPException(401, "Sign in first")
    return db.execute("select * from users where id=?", (user,)).fetchone()


@app.post("/api/register", status_code=201)
def register(new: Credentials):
    if db.execute("select 1 from users where email=?", (new.email,)).fetchone():
        raise HTTPException(409, "There is such an account")
    role = ROLE_OF_NEW
    made = db.execute("insert into users(email, hash, role) values(?,?,?)", (new.email, hashed(new.password), role))
    return {"id": made.lastrowid}


@app.post("/api/login")
def login(known: Credentials):
    row = LOGIN
    if row is None:
        raise HTTPException(401, "Wrong password")
    token = secrets.token_urlsafe(24)
    tokens[token] = row["id"]
    return {"token": token}


@app.get("/api/me")
def whoami(user=Depends(me)):
    return ME


@app.get("/api/orders")
def orders(ORDERS_USER):
    return [dict(row) for row in db.execute(ORDERS_QUERY)]


@app.post("/api/orders", status_code=201)
def order(new: Order, user=Depends(me)):
    made = db.execute("insert into orders(user_id, product, address) values(?,?,?)", (user["id"], new.product, new.address))
    return {"id": made.lastrowid, **new.model_dump()}


@app.get("/api/orders/{order_id}")
def one(order_id: int, READ_USER):
    row = db.execute("select * from orders where id=?", (order_id,)).fetchone()
    if row is None or READ_CHECK:
        raise HTTPException(404, "There is no such order")
    return dict(row)


@app.put("/api/orders/{order_id}")
def change(order_id: int, new: Order, CHANGE_USER):
    row = db.execute("select * from orders where id=?", (order_id,)).fetchone()
    if row is None or CHANGE_CHECK:
        raise HTTPException(404, "There is no such order")
    db.execute("update orders set product=?, address=? where id=?", (new.product, new.address, order_id))
    return {"ok": True}


@app.delete("/api/orders/{order_id}", status_code=204)
def drop(order_id: int, DROP_USER):
    row = db.execute("select * from orders where id=?", (order_id,)).fetchone()
    if row is None or DROP_CHECK:
        raise HTTPException(404, "There is no such order")
    db.execute("delete from orders where id=?", (order_id,))


@app.get("/api/posts")
def posts(q: str = ""):
    return [dict(row) for row in POSTS_QUERY]


@app.post("/api/posts", status_code=201)
def post(new: Post, user=Depends(me)):
    made = db.execute("insert into posts(user_id, title, body) values(?,?,?)", (user["id"], new.title, new.body))
    return {"id": made.lastrowid, **new.model_dump()}


@app.delete("/api/posts/{post_id}", status_code=204)
def unpost(post_id: int, user=Depends(me)):
    row = db.execute("select * from posts where id=?", (post_id,)).fetchone()
    if row is None or POST_CHECK:
        raise HTTPException(404, "There is no such post")
    db.execute("delete from posts where id=?", (post_id,))


@app.get("/api/users")
def users(USERS_USER):
    return [USERS_ROW for row in db.execute("select * from users")]


@app.get("/api/admin/users")
def all_users(ADMIN_USER):
    ADMIN_CHECK
    return [{"id": row["id"], "email": row["email"]} for row in db.execute("select * from users")]


@app.get("/files/{name:path}")
def file(name: str):
    FILE_CHECK
    return FileResponse(os.path.join("files", name))


@app.get("/leave")
def leave(next: str = "/"):
    LEAVE_CHECK
    return RedirectResponse(next)


#MORE
app.mount("/static", StaticFiles(directory=STATIC))
uvicorn.run(app, port=int(os.environ["PORT"]), log_level="warning")
'''
SAFE: Final = {
    "#CORS": 'app.add_middleware(CORSMiddleware, allow_origins=["*"])', "#ROLE": "", "ROLE_OF_NEW": '"user"',
    "LOGIN": 'db.execute("select * from users where email=? and hash=?", (known.email, hashed(known.password))).fetchone()',
    "ME": '{"id": user["id"], "email": user["email"], "role": user["role"]}',
    "ORDERS_USER": "user=Depends(me)", "ORDERS_QUERY": '"select * from orders where user_id=?", (user["id"],)',
    "READ_USER": "user=Depends(me)", "READ_CHECK": 'row["user_id"] != user["id"]', "CHANGE_USER": "user=Depends(me)", "CHANGE_CHECK": 'row["user_id"] != user["id"]',
    "DROP_USER": "user=Depends(me)", "DROP_CHECK": 'row["user_id"] != user["id"]',
    "POSTS_QUERY": 'db.execute("select * from posts where title like ?", (f"%{q}%",))', "POST_CHECK": 'row["user_id"] != user["id"]',
    "USERS_USER": "user=Depends(me)", "USERS_ROW": '{"id": row["id"]}', "ADMIN_USER": "user=Depends(me)",
    "ADMIN_CHECK": 'if user["role"] != "admin":\n        raise HTTPException(403, "Not for you")',
    "FILE_CHECK": 'if name not in os.listdir("files"):\n        raise HTTPException(404)', "LEAVE_CHECK": 'if not next.startswith("/") or next.startswith("//"):\n        next = "/"',
    "#MORE": "", "STATIC": '"public"',
}  # fmt: skip
HOLES: Final[dict[str, tuple[dict[str, str], set[str]]]] = {
    "list to other accounts": ({"ORDERS_QUERY": '"select * from orders"'}, {"others_read GET /api/orders"}),
    "list to everybody": ({"ORDERS_QUERY": '"select * from orders"', "ORDERS_USER": ""}, {"everybody_reads GET /api/orders"}),
    "one to other accounts": ({"READ_CHECK": "False"}, {"others_read GET /api/orders/{order_id}"}),
    "one to everybody": ({"READ_CHECK": "False", "READ_USER": ""}, {"everybody_reads GET /api/orders/{order_id}"}),
    "changed by other accounts": ({"CHANGE_CHECK": "False"}, {"others_change PUT /api/orders/{order_id}"}),
    "changed by everybody": ({"CHANGE_CHECK": "False", "CHANGE_USER": ""}, {"everybody_changes PUT /api/orders/{order_id}"}),
    "deleted by other accounts": ({"DROP_CHECK": "False"}, {"others_delete DELETE /api/orders/{order_id}"}),
    "deleted by everybody": ({"DROP_CHECK": "False", "DROP_USER": ""}, {"everybody_deletes DELETE /api/orders/{order_id}"}),
    "a post deleted by others": ({"POST_CHECK": "False"}, {"others_delete DELETE /api/posts/{post_id}"}),
    "admin to everybody": ({"ADMIN_CHECK": "pass", "ADMIN_USER": ""}, {"admin_open GET /api/admin/users"}),
    "admin to other accounts": ({"ADMIN_CHECK": "pass"}, {"admin_ordinary GET /api/admin/users"}),
    "hashes": ({"USERS_ROW": '{"id": row["id"], "password_hash": row["hash"]}'}, {"password_hashes GET /api/users"}),
    "own hash": ({"ME": "dict(user)"}, {"password_hashes GET /api/me"}),
    "addresses of all": ({"USERS_ROW": '{"id": row["id"], "email": row["email"]}', "USERS_USER": ""}, {"emails GET /api/users"}),
    "cors": ({"#CORS": 'app.add_middleware(CORSMiddleware, allow_origins=["*"], allow_credentials=True)'}, {"cors all routes"}),
    "folder of the app": ({"STATIC": '"."'}, {"file GET /static/main.py", "file GET /static/.env"}),
    "traversal": ({"FILE_CHECK": "pass"}, {"traversal GET /files/{name}"}),
    "redirect": ({"LEAVE_CHECK": "pass"}, {"redirect GET /leave"}),
    "sql": ({"POSTS_QUERY": 'db.execute("select * from posts where title like \'%" + q + "%\'")'}, {"sql GET /api/posts"}),
    "sql at the sign-in": ({"LOGIN": 'db.execute(f"select * from users where email=\'{known.email}\' and hash=\'{hashed(known.password)}\'").fetchone()'}, {"sql POST /api/login"}),
    "rights as one likes": ({"#ROLE": 'role: str = "user"', "ROLE_OF_NEW": "new.role"}, {"makes_admin POST /api/register"}),
    "environment": ({"#MORE": '@app.get("/debug/env")\ndef env():\n    return dict(os.environ)\n'}, {"debug GET /debug/env"}),
    "traces": ({"#MORE": '@app.exception_handler(Exception)\ndef trace(request, error):\n    return PlainTextResponse("".join(traceback.format_exception(error)), 500)\n\n@app.get("/api/number")\ndef number(n: str = "1"):\n    return int(n)\n'}, {"debug errors"}),
}  # fmt: skip


def made(changes: dict[str, str]) -> dict[str, str]:
    text = APP
    for slot, code in {**SAFE, **changes}.items():
        assert slot in text, slot
        text = text.replace(slot, code)
    return {"main.py": text.replace("(, ", "(").replace(", )", ")"), ".env": "APP_SECRET=not-told\n"}
