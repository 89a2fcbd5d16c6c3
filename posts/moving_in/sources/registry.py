"""The systems that one can move from. The one list: the command and the desk read it."""

from posts.moving_in.shape import OldSystem
from posts.moving_in.sources import (
    beehiiv,
    buttondown,
    ghost,
    kit,
    listmonk,
    mailchimp,
    markdown,
    medium,
    substack,
    wordpress,
)

SYSTEMS: dict[str, OldSystem] = {
    one.SYSTEM.name: one.SYSTEM
    for one in (
        substack,
        ghost,
        wordpress,
        mailchimp,
        buttondown,
        listmonk,
        kit,
        beehiiv,
        medium,
        markdown,
    )
}
