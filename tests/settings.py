"""Settings of the tests: a day that stands still, a folder that goes away, work done at once."""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile
from pathlib import Path

_HOME = Path(tempfile.mkdtemp(prefix="craftpath-tests-"))
atexit.register(shutil.rmtree, _HOME, ignore_errors=True)
os.environ["CRAFTPATH_HOME"] = str(_HOME)
# What the tests issue carries the address of this machine, as in a sample city.
(_HOME / "demonstration").write_text("http://127.0.0.1:8000\n")
os.environ["CRAFTPATH_TODAY"] = "2025-08-27"
os.environ.setdefault("CRAFTPATH_SECRET_KEY", "tests secret " * 4)
os.environ.setdefault("CRAFTPATH_IDENTITY_KEY", "tests identity " * 4)
os.environ.setdefault("CRAFTPATH_AUDIT_KEY", "tests audit " * 4)

from craftpath.settings import *  # noqa: E402, F403
from craftpath.settings import DATABASES, STORAGES  # noqa: E402

# A file, not memory: threads of one test are to meet in one database, as processes do.
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    DATABASES["default"]["TEST"] = {"NAME": str(_HOME / "test.sqlite3")}
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
TASKS = {"default": {"BACKEND": "django_tasks.backends.immediate.ImmediateBackend"}}
STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
WHITENOISE_AUTOREFRESH = True
ALLOWED_HOSTS = ["testserver", "localhost", "127.0.0.1"]
