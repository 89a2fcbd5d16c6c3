"""Deutsch: der Monat als Wort, die Uhr mit 24 Stunden."""

DATETIME_FORMAT = "j. F Y, H:i"
SHORT_DATE_FORMAT = "j. N Y"
SHORT_DATETIME_FORMAT = "j. N Y, H:i"
