"""Django as WSGI, for `runserver` and for servers behind a proxy that reads whole requests first.

What is open to the internet is `rsgi`: under WSGI whoever sends slowly holds a thread.
"""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
application = get_wsgi_application()
