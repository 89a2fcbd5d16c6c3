"""The site for granian: `granian --interface rsgi --http 1 --no-ws config.rsgi:application`."""

from config.wsgi import application as django
from posts.public.server.handler import Handler

application = Handler(django)
