"""A mailbox on a port of its own that speaks as much IMAP as is spoken to it, and can misbehave."""

import re
import socketserver
import threading
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self, cast


@dataclass
class Box:
    """What is in the mailbox, and how it misbehaves."""

    user: str = "bounces"
    password: str = "pass word"
    folder: str = "INBOX"
    mails: dict[int, bytes] = field(default_factory=dict)
    seen: set[int] = field(default_factory=set)
    commands: list[str] = field(default_factory=list)
    hang_up_at: str = ""  # a command at which the line breaks
    refuse: str = ""  # a command that is answered with NO

    def put(self, *mails: bytes) -> None:
        for mail in mails:
            self.mails[len(self.mails) + 1] = mail


class _Handler(socketserver.StreamRequestHandler):
    def handle(self) -> None:
        box = cast("ImapServer", self.server).box
        self._say("* OK ready")
        while line := self.rfile.readline().decode().rstrip("\r\n"):
            tag, _, command = line.partition(" ")
            name = command.removeprefix("UID ").partition(" ")[0].upper()
            box.commands.append(name)
            if name == box.hang_up_at:
                return
            if name == box.refuse:
                self._say(f"{tag} NO [UNAVAILABLE] not now")
                continue
            ending = self._answer(box, name, command)
            self._say(f"{tag} {ending}")
            if name == "LOGOUT":
                return

    def _answer(self, box: Box, name: str, command: str) -> str:
        match name:
            case "CAPABILITY":
                self._say("* CAPABILITY IMAP4rev1")
            case "LOGIN":
                if command != f'LOGIN {box.user} "{box.password}"':
                    return "NO [AUTHENTICATIONFAILED] Invalid credentials"
            case "SELECT":
                if command != f'SELECT "{box.folder}"':
                    return "NO no such folder"
                self._say(f"* {len(box.mails)} EXISTS")
                return "OK [READ-WRITE] selected"
            case "SEARCH":
                unseen = [str(n) for n in box.mails if n not in box.seen]
                self._say(f"* SEARCH {' '.join(unseen)}".rstrip())
            case "FETCH":
                self._fetch(box, int(command.split()[2]), command)
            case "STORE":
                box.seen.add(int(command.split()[2]))
            case "LOGOUT":
                self._say("* BYE")
        return "OK done"

    def _fetch(self, box: Box, number: int, command: str) -> None:
        assert "BODY.PEEK[]" in command  # without PEEK it would be marked before it is stored
        partial = re.search(r"<0\.(\d+)>", command)
        assert partial is not None
        if number in box.mails:
            body = box.mails[number][: int(partial[1])]
            self._say(f"* {number} FETCH (UID {number} BODY[]<0> {{{len(body)}}}")
            self.wfile.write(body + b")\r\n")

    def _say(self, line: str) -> None:
        self.wfile.write(f"{line}\r\n".encode())


class ImapServer(socketserver.ThreadingTCPServer):
    """`with ImapServer() as server`: `server.url` is a BOUNCE_URL, `server.box` the mailbox."""

    allow_reuse_address = daemon_threads = True

    def __init__(self, box: Box | None = None) -> None:
        self.box = box or Box()
        super().__init__(("127.0.0.1", 0), _Handler)
        self._thread = threading.Thread(target=self.serve_forever, args=(0.02,), daemon=True)

    @property
    def url(self) -> str:
        return f"imap://bounces:pass%20word@127.0.0.1:{self.server_address[1]}/{self.box.folder}"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.shutdown()
        self._thread.join()
        self.server_close()
