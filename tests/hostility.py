"""How much is thrown at the public pages: HOSTILE_SIZE=full has the sizes of the issue."""

import os

FULL = os.environ.get("HOSTILE_SIZE") == "full"
EXAMPLES = 10_000 if FULL else 60
FLOOD = 1_000 if FULL else 120
