"""What all refusals of this room have in common, for whoever shows them to a person."""


class Refused(Exception):
    """What was asked cannot be; `message` says why, and what to do instead."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message
