"""The site for granian: `granian --interface rsgi --http 1 --no-ws config.rsgi:application`."""

from config.wsgi import application as django
from posts.public.server.handler import Handler
from posts.public.server.heap import keep_small

keep_small()
application = Handler(django)
