import flask
import markupsafe
import werkzeug.urls


def note_gone() -> None:
    app = flask.Flask("app")
    assert not [name for name in ("escape", "Markup") if hasattr(flask, name)]
    assert not [name for name in ("before_first_request", "json_encoder") if hasattr(app, name)]
    assert not hasattr(werkzeug.urls, "url_quote")
    assert markupsafe.Markup(markupsafe.escape("<")) == "&lt;"
