"""The starting set in Spanish."""

from typing import Any

STARTERS: dict[str, list[dict[str, Any]]] = {
    "letter": [
        {
            "type": "paragraph",
            "value": "<p>Hola:</p>"
            "<p>Esta semana [[algo pequeño que te pasó]]. Se me quedó dentro, porque [[por qué se "
            "te quedó dentro]].</p>"
            "<p>Si vives con una enfermedad que no se va, quizá conozcas [[una sensación o un tipo "
            "de día que conocen quienes te leen]]. No significa que estés haciendo algo mal.</p>"
            "<p>Algunos días me ayuda esto: [[una cosa pequeña, en una frase]]. Otros días no, y "
            "también está bien.</p>"
            "<p>No tienes que hacer nada con esta carta. Me alegra que estés ahí.</p>",
        },
        {
            "type": "invitation",
            "value": {
                "intro": "Si tienes un momento:",
                "invites": [
                    {"kind": "reflect", "text": "<p>[[una pregunta para llevarse al día]]</p>"},
                    {
                        "kind": "share",
                        "text": "<p>pásale esto a alguien que también esté cansado</p>",
                    },
                ],
            },
        },
        {
            "type": "sign_off",
            "value": {"text": "Hasta la próxima", "name": "[[aquí tu nombre de pila]]"},
        },
    ],
    "practice": [
        {
            "type": "paragraph",
            "value": "<p>Esta es una pequeña práctica para [[el tipo de día para el que es]]. "
            "Dura unos [[cuántos minutos dura]] minutos. Puedes hacerla en la cama y parar en "
            "cualquier momento.</p>",
        },
        {
            "type": "callout",
            "value": {
                "title": "Antes de empezar",
                "text": "<p>Déjala para otro día si [[cuándo es mejor dejarla]]. No te pierdes "
                "nada.</p>",
            },
        },
        {
            "type": "paragraph",
            "value": "<h2>Paso a paso</h2>"
            "<ol><li>[[el primer paso, en una frase]]</li>"
            "<li>[[el segundo paso, en una frase]]</li>"
            "<li>[[cuenta cómo termina, con suavidad]]</li></ol>"
            "<h2>Si hoy es demasiado</h2>"
            "<p>[[la forma más pequeña de hacerla]]. Con eso basta. No es media práctica, es la "
            "práctica de hoy.</p>"
            "<p>Si quieres, cuéntame cómo te fue. También si no te sirvió.</p>",
        },
        {
            "type": "sign_off",
            "value": {"text": "Con suavidad", "name": "[[aquí tu nombre de pila]]"},
        },
    ],
    "questions": [
        {
            "type": "paragraph",
            "value": "<p>Me llegan cartas, y algunas de sus preguntas son las de muchas personas. "
            "Aquí van dos.</p>"
            "<h2>[[una pregunta, con las palabras de quien la hizo]]</h2>"
            "<p>[[tu respuesta, en dos o tres frases]]</p>"
            "<p>Lo que puedes probar: [[algo que se puede probar con poca fuerza]].</p>"
            "<h2>[[otra pregunta, con las palabras de quien la hizo]]</h2>"
            "<p>[[cuenta lo que se sabe de ello]]</p>"
            "<p>Lo que aún no sabe nadie: [[cuenta lo que sigue abierto]].</p>",
        },
        {
            "type": "callout",
            "value": {
                "title": "Lo que una carta no puede saber",
                "text": "<p>Escribo para muchas personas y no conozco tu enfermedad. Quien te "
                "trata sí la conoce: pregúntale antes de cambiar algo.</p>",
            },
        },
        {
            "type": "paragraph",
            "value": "<p>¿Tienes una pregunta? Responde a esta carta. Las leo todas, y [[cuándo "
            "respondes, o que no puedes responder a cada una]].</p>",
        },
        {
            "type": "sign_off",
            "value": {"text": "Con cariño", "name": "[[aquí tu nombre de pila]]"},
        },
    ],
    "resources": [
        {
            "type": "paragraph",
            "value": "<p>Aquí tienes una lista corta de lo que puede ayudar con [[para qué es la "
            "lista]]. Hoy no necesitas nada de esto. Guárdala para cuando sí.</p>"
            "<h2>Para leer</h2>"
            "<ul><li><b>[[un título, con su enlace]]</b>: [[qué es, y cuánto se tarda]]</li>"
            "<li><b>[[otro título, con su enlace]]</b>: [[di a quién le hace bien]]</li></ul>"
            "<h2>Para escuchar</h2>"
            "<ul><li><b>[[algo para oír con los ojos cerrados]]</b>: [[qué se oye, y cuánto "
            "dura]]</li></ul>"
            "<h2>Para hablar con alguien</h2>"
            "<ul><li><b>[[un teléfono de ayuda o un grupo]]</b>: [[cuándo responden, y cuánto "
            "cuesta]]</li></ul>"
            "<p>Todo esto lo he leído o probado yo. Si algo no te hace bien, déjalo, y dímelo si "
            "quieres.</p>",
        },
        {
            "type": "sign_off",
            "value": {
                "text": "Toma lo que te sirva y deja el resto",
                "name": "[[aquí tu nombre de pila]]",
            },
        },
    ],
}
