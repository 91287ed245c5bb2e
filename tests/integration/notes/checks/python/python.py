import sqlite3
import sys
import threading
from collections.abc import Callable


def refuses(error: type[Exception], what: Callable[[], object]) -> None:
    try:
        what()
    except error:
        return
    raise AssertionError(f"{error.__name__} was expected")


def note_syntax() -> None:
    compile('f"{a}" \'{b["c"]}\'', "a", "exec")
    if sys.version_info < (3, 12):  # an image may be newer than the oldest
        for text in ("def f[T](x: T): pass", "type X = int", "f'{a['b']}'", "f'{a + \"\\n\"}'"):
            refuses(SyntaxError, lambda text=text: compile(text, "a", "exec"))


def note_threads() -> None:
    connection, faults = sqlite3.connect(":memory:"), []

    def use() -> None:
        try:
            connection.execute("SELECT 1")
        except sqlite3.ProgrammingError as fault:
            faults.append(fault)

    other = threading.Thread(target=use)
    other.start()
    other.join()
    assert len(faults) == 1


def note_sqlite3() -> None:
    connection = sqlite3.connect(":memory:")
    assert connection.execute("PRAGMA foreign_keys").fetchone() == (0,)
    connection.execute("PRAGMA foreign_keys = ON")
    assert connection.execute("PRAGMA foreign_keys").fetchone() == (1,)
    refuses(sqlite3.ProgrammingError, lambda: connection.execute("SELECT ?", "name"))
    connection.row_factory = sqlite3.Row
    assert connection.execute("SELECT ? AS a", ("name",)).fetchone()["a"] == "name"


def note_commit() -> None:
    connection = sqlite3.connect(":memory:")
    with connection:
        connection.execute("CREATE TABLE t (a)")
        connection.execute("INSERT INTO t VALUES (1)")
    assert not connection.in_transaction
    assert connection.execute("SELECT count(*) FROM t").fetchone() == (1,)
