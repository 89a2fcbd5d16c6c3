"""The settings under test: the real ones, in a folder of their own."""

import os
import tempfile
from urllib.parse import urlsplit

os.environ["DATA_DIR"] = tempfile.mkdtemp(prefix="passalong-tests-")
os.environ.setdefault("SECRET_KEY", "tests only")
os.environ["SITE_URL"] = "http://localhost:8000"
os.environ["EMAIL_URL"] = "outbox:"
os.environ["TIME_ZONE"] = "UTC"

if (worker := os.environ.get("PYTEST_XDIST_WORKER")) and (redis := os.environ.get("REDIS_URL")):
    # Each of the processes that share the tests counts and caches in a Redis database of its own.
    number = int(worker.removeprefix("gw")) + 1
    os.environ["REDIS_URL"] = urlsplit(redis)._replace(path=f"/{number}").geturl()

from config.settings import *  # noqa: F403

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]

# Tests of cards make their fonts: none depends on what a machine has.
FONT_FOLDERS = []
