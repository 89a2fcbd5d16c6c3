"""The starting set in German."""

from typing import Any

STARTERS: dict[str, list[dict[str, Any]]] = {
    "letter": [
        {
            "type": "paragraph",
            "value": "<p>Hallo du,</p>"
            "<p>in dieser Woche [[etwas Kleines, das dir passiert ist]]. Es ist mir geblieben, "
            "weil [[warum es dir geblieben ist]].</p>"
            "<p>Wenn du mit einer Krankheit lebst, die nicht weggeht, kennst du vielleicht [[ein "
            "Gefühl oder eine Art von Tag, die deine Leserinnen und Leser kennen]]. Das heißt "
            "nicht, dass du etwas falsch machst.</p>"
            "<p>An manchen Tagen hilft mir das: [[eine kleine Sache, in einem Satz]]. An anderen "
            "nicht, und auch das ist in Ordnung.</p>"
            "<p>Du musst mit diesem Brief nichts tun. Schön, dass du da bist.</p>",
        },
        {
            "type": "invitation",
            "value": {
                "intro": "Wenn du einen Moment hast:",
                "invites": [
                    {"kind": "reflect", "text": "<p>[[eine Frage für den Tag]]</p>"},
                    {
                        "kind": "share",
                        "text": "<p>gib das jemandem weiter, der auch müde ist</p>",
                    },
                ],
            },
        },
        {
            "type": "sign_off",
            "value": {"text": "Bis zum nächsten Mal", "name": "[[hier dein Vorname]]"},
        },
    ],
    "practice": [
        {
            "type": "paragraph",
            "value": "<p>Das ist eine kleine Übung für [[die Art von Tag, für die sie gedacht "
            "ist]]. Sie dauert etwa [[wie viele Minuten sie dauert]] Minuten. Du kannst sie im "
            "Liegen machen und jederzeit aufhören.</p>",
        },
        {
            "type": "callout",
            "value": {
                "title": "Bevor du anfängst",
                "text": "<p>Lass sie weg, wenn [[wann man sie besser weglässt]]. Du verpasst "
                "nichts.</p>",
            },
        },
        {
            "type": "paragraph",
            "value": "<h2>Schritt für Schritt</h2>"
            "<ol><li>[[der erste Schritt, in einem Satz]]</li>"
            "<li>[[der zweite Schritt, in einem Satz]]</li>"
            "<li>[[schreib, wie sie sanft endet]]</li></ol>"
            "<h2>Wenn das heute zu viel ist</h2>"
            "<p>[[die kleinste Form davon]]. Das genügt. Es ist keine halbe Übung, es ist die "
            "Übung für heute.</p>"
            "<p>Wenn du magst, schreib mir, wie es war. Auch wenn es nicht geholfen hat.</p>",
        },
        {
            "type": "sign_off",
            "value": {"text": "Geh sanft mit dir um", "name": "[[hier dein Vorname]]"},
        },
    ],
    "questions": [
        {
            "type": "paragraph",
            "value": "<p>Ihr habt mir geschrieben, und manche eurer Fragen sind die Fragen von "
            "vielen. Hier sind zwei davon.</p>"
            "<h2>[[eine Frage, in den Worten eines Menschen, der dir schrieb]]</h2>"
            "<p>[[deine Antwort, in zwei oder drei Sätzen]]</p>"
            "<p>Was du versuchen kannst: [[etwas, das ohne viel Kraft gelingt]].</p>"
            "<h2>[[eine zweite Frage, in den Worten eines anderen]]</h2>"
            "<p>[[schreib, was man darüber weiß]]</p>"
            "<p>Was noch niemand weiß: [[schreib, was noch offen ist]].</p>",
        },
        {
            "type": "callout",
            "value": {
                "title": "Was ein Brief nicht wissen kann",
                "text": "<p>Ich schreibe für viele und kenne deine Krankheit nicht. Wer dich "
                "behandelt, kennt sie; frag dort, bevor du etwas änderst.</p>",
            },
        },
        {
            "type": "paragraph",
            "value": "<p>Hast du selbst eine Frage? Antworte auf diesen Brief. Ich lese alle, und "
            "[[wie bald du antwortest, oder dass du nicht jede beantworten kannst]].</p>",
        },
        {
            "type": "sign_off",
            "value": {"text": "Von Herzen", "name": "[[hier dein Vorname]]"},
        },
    ],
    "resources": [
        {
            "type": "paragraph",
            "value": "<p>Hier ist eine kurze Liste mit Dingen, die helfen können bei [[wofür die "
            "Liste ist]]. Du brauchst heute nichts davon. Heb sie auf für später.</p>"
            "<h2>Zum Lesen</h2>"
            "<ul><li><b>[[ein Titel, mit seinem Link]]</b>: [[was es ist, und wie lange es "
            "dauert]]</li>"
            "<li><b>[[noch ein Titel, mit seinem Link]]</b>: [[schreib, für wen es gut "
            "ist]]</li></ul>"
            "<h2>Zum Hören</h2>"
            "<ul><li><b>[[etwas zum Hören mit geschlossenen Augen]]</b>: [[was man hört, und wie "
            "lange]]</li></ul>"
            "<h2>Zum Reden</h2>"
            "<ul><li><b>[[ein Hilfetelefon oder eine Gruppe]]</b>: [[wann man dort jemanden "
            "erreicht, und was es kostet]]</li></ul>"
            "<p>Ich habe das alles selbst gelesen oder ausprobiert. Wenn dir etwas davon nicht "
            "guttut, lass es, und sag es mir, wenn du magst.</p>",
        },
        {
            "type": "sign_off",
            "value": {
                "text": "Nimm, was passt, und lass den Rest",
                "name": "[[hier dein Vorname]]",
            },
        },
    ],
}
