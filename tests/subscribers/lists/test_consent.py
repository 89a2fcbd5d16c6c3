"""What the name of a column says of its people, in many languages and ways to write it."""

from pathlib import Path

import pytest

from subscribers.lists.consent import named, speaks_of_leaving
from subscribers.lists.csv_file import open_file

SURE = {
    "unsubscribed": [
        "Unsubscribed", "UNSUBSCRIBED_AT", "unsubscribedOn", "Date of unsubscribing", "isUnsub",
        "opt-out", "OptedOut", "has_opted_out", "Do not e-mail", "DO-NOT-CONTACT", "blacklisted",
        "Email blocklisted", "Suppressed", "Abgemeldet am", "Abmeldedatum", "désabonné",
        "Désinscription", "Fecha de baja", "dado de baja", "Disiscritto il", "descadastrado",
        "Uitgeschreven", "wypisany", "avregistrerad", "Afmeldt", "avmeldt", "odhlášen", "отписан",
        "дата отписки", "配信停止", "退订", "수신거부", "unsubscribe reason",
    ],
    "bounced": ["Bounced", "hard_bounce", "HardBounced", "Cleaned on", "undeliverable"],
    "complained": ["Complained", "spam complaint", "MarkedAsSpam", "reported as spam at"],
    "agreed": [
        "Subscribed", "isSubscribed", "opt in", "OptIn", "Newsletter Opt-in", "double opt-in date",
        "Consent given", "Accepts marketing", "accepts_email_marketing", "is_active", "Aktiv",
        "confirmed", "Einwilligung", "Consentement", "Consenso", "consentimiento", "Toestemming",
        "zgoda", "samtycke", "Samtykke", "souhlas", "согласие", "同意", "購読",
    ],
    "status": [
        "Status", "email_status", "Subscription status", "Statut", "État", "estado", "Stato",
        "Stav", "статус", "ステータス", "Mail-Status", "Opt-in status", "Not unsubscribed",
    ],
}  # fmt: skip
DOUBTFUL = [
    "Inactive", "deaktiviert", "deleted_at", "Removed", "email disabled", "Cancelled", "Refused",
    "Bounce count", "soft bounces", "Spam", "GDPR", "Permission", "Verified", "may we write",
    "Quarantined", "On hold", "Excluded from campaigns", "Gesperrt", "rebote", "Plainte", "Klacht",
    "Wants news", "Abonnement actif", "Werbung erlaubt", "gelöscht", "usunięty", "borttagen",
    "slettet", "smazáno", "удалён", "拒否",
]  # fmt: skip
HARMLESS = [
    "First name", "Company", "Town", "Description", "Beschreibung", "Last activity",
    "subscriber id", "unsubscribe_url", "Marital status", "Order status", "Phone", "SMS opt-out",
    "WhatsApp consent", "Do not call", "opt-in IP", "consent source", "Options", "Trabajo",
    "Laptop", "Rating", "Birthday", "Interests", "Registration date", "",
]  # fmt: skip


@pytest.mark.parametrize(
    ("role", "name"), [(r, name) for r, names in SURE.items() for name in names]
)
def test_what_is_certain_is_understood(role: str, name: str) -> None:
    reading = named(name).reading
    assert reading is not None
    assert (reading.role, reading.sure) == (role, True)


@pytest.mark.parametrize("name", DOUBTFUL)
def test_what_may_be_meant_is_asked_about(name: str, tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_text(f"email,{name}\niris@a.example,yes\nolaf@a.example,no\n")
    assert open_file(path).questions.columns


@pytest.mark.parametrize("name", HARMLESS)
def test_what_is_about_something_else_is_left_alone(name: str) -> None:
    assert named(name).reading is None


@pytest.mark.parametrize(
    "name",
    [
        "No unsubscribes", "not opted out", "never bounced", "Ohne Newsletter", "opt-in or opt-out",
        "Previously subscribed", "Opt-in pending", "Consent withdrawn",
        "Tell me the news, and know that I can unsubscribe whenever I want to",
    ],
)  # fmt: skip
def test_where_a_yes_may_be_a_no_only_words_are_understood(name: str) -> None:
    found = named(name)
    reading = found.reading or found.maybe
    assert reading is not None
    assert reading.role == "status"


HIDDEN = ["\ufeffOpt-Out", "opt\u200bout", " ＯＰＴ－ＯＵＴ ", "O\u200bpt Out"]


@pytest.mark.parametrize("name", HIDDEN)
def test_hidden_characters_and_wide_letters_change_nothing(name: str) -> None:
    assert named(name) == named("opt-out")


@pytest.mark.parametrize(
    "name",
    [
        "unsubscribed members 2024", "Bounces", "opt-outs", "blacklist", "Abmeldungen",
        "désabonnés", "bajas", "suppression-list", "odhlášení", "отписавшиеся", "配信停止リスト",
        "cleaned_members", "inactive readers", "do not mail",
    ],
)  # fmt: skip
def test_a_file_named_after_those_who_left_is_known_by_that(name: str) -> None:
    assert speaks_of_leaving(name)


@pytest.mark.parametrize("name", ["readers", "clean list", "fair-2024", "subscribed members"])
def test_other_files_are_not(name: str) -> None:
    assert not speaks_of_leaving(name)
