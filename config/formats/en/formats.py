"""English: dates in words. Django's default abbreviates, "Nov. 16, 2026", like a log file."""

DATE_FORMAT = "j F Y"
