import datetime
import importlib.util

import django.conf.urls
import django.utils.encoding
import django.utils.timezone
import django.utils.translation
from django.urls import path


def note_gone() -> None:
    assert not hasattr(django.conf.urls, "url")
    assert not hasattr(django.utils.translation, "ugettext")
    assert not hasattr(django.utils.encoding, "force_text")
    assert not hasattr(django.utils.timezone, "utc")
    assert importlib.util.find_spec("pytz") is None
    assert callable(path)
    assert callable(django.utils.translation.gettext)
    assert django.utils.encoding.force_str(b"a") == "a"
    assert datetime.UTC
