import importlib.util
import tempfile
from pathlib import Path

import flask
import sqlalchemy
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import create_engine, select, text
from sqlalchemy.exc import ArgumentError, NoSuchModuleError, ObjectNotExecutableError
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column


class Base(DeclarativeBase):
    pass


class User(Base):
    __tablename__ = "users"
    id: Mapped[int] = mapped_column(primary_key=True)


def note_sql() -> None:
    engine = create_engine("sqlite://")
    assert not hasattr(engine, "execute")
    with engine.connect() as connection:
        connection.execute(text("CREATE TABLE t (name TEXT)"))
        connection.execute(text("INSERT INTO t VALUES (:name)"), {"name": "a"})
        try:
            connection.execute("SELECT 1")
        except ObjectNotExecutableError:
            connection.rollback()
            assert connection.execute(text("SELECT count(*) FROM t")).scalar_one() == 0
            return
    raise AssertionError("a plain text is executed")


def note_queries() -> None:
    engine = create_engine("sqlite://")
    Base.metadata.create_all(engine)
    with Session(engine) as session:
        session.add(User(id=7))
        session.commit()
        assert session.get(User, 7).id == 7
        assert [user.id for user in session.scalars(select(User))] == [7]
    try:
        select([User.id])
    except ArgumentError:
        return
    raise AssertionError("select takes a list")


def note_async() -> None:
    assert importlib.util.find_spec("greenlet") is None
    said = ""
    try:
        from sqlalchemy.ext.asyncio import create_async_engine

        create_async_engine("sqlite+aiosqlite://")
    except ImportError as fault:
        said = str(fault)
    assert "greenlet" in said


def note_postgres() -> None:
    assert create_engine("postgresql://app@db/app").dialect.driver == "psycopg"
    assert importlib.util.find_spec("psycopg2") is None
    try:
        create_engine("postgres://app@db/app")
    except NoSuchModuleError:
        return
    raise AssertionError(f"sqlalchemy {sqlalchemy.__version__} takes postgres://")


def note_path() -> None:
    root = Path(tempfile.mkdtemp())
    app = flask.Flask("app", root_path=str(root), instance_path=str(root / "instance"))
    app.config["SQLALCHEMY_DATABASE_URI"] = "sqlite:///x.db"
    with app.app_context():
        database = SQLAlchemy(app)
        assert Path(database.engine.url.database) == root / "instance" / "x.db"
        database.engine.dispose()
