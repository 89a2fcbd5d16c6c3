"""A table of contents for Django: every model of every room."""

from posts.api.models import *  # noqa: F403
from posts.content.arrivals import *  # noqa: F403
from posts.content.enclosures.models import *  # noqa: F403
from posts.content.letter_templates import *  # noqa: F403
from posts.content.models import *  # noqa: F403
from posts.delivery.events.models import *  # noqa: F403
from posts.delivery.models import *  # noqa: F403
from posts.delivery.rate.models import *  # noqa: F403
from posts.delivery.restored import *  # noqa: F403
from posts.delivery.way_out.models import *  # noqa: F403
from posts.delivery.webhooks.models import *  # noqa: F403
from posts.desk.models import *  # noqa: F403
from posts.desk.programs.models import *  # noqa: F403
from posts.moving_in.models import *  # noqa: F403
from posts.public.pagecache.generation import *  # noqa: F403
from posts.sharing.models import *  # noqa: F403
