"""Français : le mois en toutes lettres, et l’heure sur 24 heures."""

DATETIME_FORMAT = "j F Y, H:i"
SHORT_DATE_FORMAT = "j N Y"
SHORT_DATETIME_FORMAT = "j N Y, H:i"
