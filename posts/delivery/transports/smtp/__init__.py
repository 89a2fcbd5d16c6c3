"""Plain SMTP (RFC 5321) over many connections, driven by one event loop a process.

`transport` reads EMAIL_URL, `connecting` opens one connection, `dialogue` is the conversation on
it without any input or output, and `engine` gives messages to whichever connection is free.
"""

from posts.delivery.transports.smtp.transport import Smtp

__all__ = ["Smtp"]
