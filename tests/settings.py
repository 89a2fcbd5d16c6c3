"""The settings under test: the real ones, in a folder of their own."""

import os
import tempfile

os.environ["DATA_DIR"] = tempfile.mkdtemp(prefix="passalong-tests-")
os.environ.setdefault("SECRET_KEY", "tests only")
os.environ["SITE_URL"] = "http://localhost:8000"
os.environ["EMAIL_URL"] = "outbox:"

from config.settings import *  # noqa: F403

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
