import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
_django = get_wsgi_application()

from posts.public.pagecache.front import with_page_cache  # noqa: E402 - Django is set up now

application = with_page_cache(_django)
