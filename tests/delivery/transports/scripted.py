"""A mail server that answers line by line from a script, however little sense that makes."""

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

from tests.waiting import PATIENCE


@contextmanager
def scripted(
    *answers: str,
    ehlo: str = "",
    greets_with: str = "",
    at_silence: Callable[[], None] = lambda: None,
) -> Iterator[str]:
    """The URL of a server for one connection: after EHLO come `answers`, then silence.

    One answer a command; after a 354 the next is for the body. `at_silence` is called for the
    first that gets none.
    """
    hello = ehlo or (f"250-scripted\r\n250 {greets_with}" if greets_with else "250 scripted")
    with socket.create_server(("127.0.0.1", 0)) as server:
        thread = threading.Thread(target=_serve, args=(server, [hello, *answers], at_silence))
        thread.start()
        yield f"smtp://127.0.0.1:{server.getsockname()[1]}"
        thread.join(PATIENCE)
        assert not thread.is_alive()


def _serve(server: socket.socket, answers: list[str], at_silence: Callable[[], None]) -> None:
    connection, _ = server.accept()
    # Who has heard enough may hang up while an answer is still on its way.
    with suppress(ConnectionResetError), connection, connection.makefile("rb") as lines:
        connection.sendall(b"220 scripted\r\n")
        in_body = False
        for line in lines:
            if in_body and line != b".\r\n":
                continue
            if answers:
                answer = answers.pop(0)
                in_body = answer.startswith("354")
                connection.sendall(f"{answer}\r\n".encode())
            elif line[:4].upper() == b"QUIT":
                connection.sendall(b"221 bye\r\n")
            else:
                at_silence()
