"""Log lines without anybody's address: a log is kept by others, and forgets nobody."""

import logging
import re

from subscribers.addresses import mask

# As servers and libraries write one into their errors; encoded in a web address, too.
_ADDRESS = re.compile(r"[\w.!#$&'*+/=?^`{|}~-]+(?:@|%40)(?:[\w-]+\.)+[\w-]{2,}")


class WithoutAddresses(logging.Formatter):
    """Masks each address in a whole line, also in what a traceback quotes."""

    def format(self, record: logging.LogRecord) -> str:
        line = super().format(record)
        if "@" not in line and "%40" not in line:
            return line
        return _ADDRESS.sub(lambda found: mask(found[0].replace("%40", "@")), line)
