"""“This helped me”: a press that adds one to a day's total, and tells nothing else."""

from datetime import timedelta

from django.http import HttpRequest

from posts.content.models import PostPage
from posts.sharing.counting import note_helped
from posts.sharing.readers import is_person
from subscribers.limits import counters
from subscribers.limits.network import network_of

DAY = timedelta(days=1)
# Of one post, from one network (/24, /48): a ward or a household may well be helped together. The
# network is kept as a keyed hash, in a tally that is swept when its day is over.
A_DAY = 20
# Of all posts together, so that nobody fills a site by a loop.
A_DAY_OF_ALL = 100


def note_press(request: HttpRequest, post: PostPage) -> None:
    """Count it, unless a machine pressed or its network did so often enough today. Returns
    nothing: everybody gets the same thanks."""
    if is_person(request.META) and _is_within_limits(network_of(request), post.pk):
        note_helped(post.pk)


def _is_within_limits(network: str, post_id: int) -> bool:
    of_post = counters.mark("helped", network, str(post_id), lasts=DAY)
    of_all = counters.mark("helped", network, lasts=DAY)
    one, every = counters.add([of_post, of_all])
    return one <= A_DAY and every <= A_DAY_OF_ALL
