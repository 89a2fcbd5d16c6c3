"""The starting set in French."""

from typing import Any

STARTERS: dict[str, list[dict[str, Any]]] = {
    "letter": [
        {
            "type": "paragraph",
            "value": "<p>Bonjour à vous,</p>"
            "<p>Cette semaine, [[une petite chose qui vous est arrivée]]. Elle m’est restée, parce "
            "que [[pourquoi elle vous est restée]].</p>"
            "<p>Si vous vivez avec une maladie qui ne s’en va pas, vous connaissez peut-être [[un "
            "sentiment ou un genre de journée que vos lecteurs connaissent]]. Cela ne veut pas "
            "dire que vous vous y prenez mal.</p>"
            "<p>Certains jours, ceci m’aide : [[une petite chose, en une phrase]]. D’autres jours, "
            "non, et ce n’est pas grave.</p>"
            "<p>Vous n’avez rien à faire de cette lettre. Merci d’être là.</p>",
        },
        {
            "type": "invitation",
            "value": {
                "intro": "Si vous avez un moment :",
                "invites": [
                    {"kind": "reflect", "text": "<p>[[une question à garder pour la journée]]</p>"},
                    {
                        "kind": "share",
                        "text": "<p>passez ceci à quelqu’un qui est fatigué aussi</p>",
                    },
                ],
            },
        },
        {
            "type": "sign_off",
            "value": {"text": "À la prochaine fois", "name": "[[ici votre prénom]]"},
        },
    ],
    "practice": [
        {
            "type": "paragraph",
            "value": "<p>Voici un petit exercice pour [[le genre de journée auquel il convient]]. "
            "Il prend environ [[combien de minutes il prend]] minutes. Vous pouvez le faire en "
            "restant au lit, et arrêter à tout moment.</p>",
        },
        {
            "type": "callout",
            "value": {
                "title": "Avant de commencer",
                "text": "<p>Laissez-le de côté si [[quand il vaut mieux s’en passer]]. Vous ne "
                "manquez rien.</p>",
            },
        },
        {
            "type": "paragraph",
            "value": "<h2>Pas à pas</h2>"
            "<ol><li>[[le premier pas, en une phrase]]</li>"
            "<li>[[le deuxième pas, en une phrase]]</li>"
            "<li>[[dites comment il finit, en douceur]]</li></ol>"
            "<h2>Si c’est trop aujourd’hui</h2>"
            "<p>[[sa forme la plus petite]]. Cela suffit. Ce n’est pas la moitié d’un exercice, "
            "c’est celui d’aujourd’hui.</p>"
            "<p>Si vous voulez, écrivez-moi comment c’était. Même si cela n’a pas aidé.</p>",
        },
        {
            "type": "sign_off",
            "value": {"text": "Tout en douceur", "name": "[[ici votre prénom]]"},
        },
    ],
    "questions": [
        {
            "type": "paragraph",
            "value": "<p>Vous m’avez écrit, et certaines de vos questions sont celles de beaucoup "
            "d’autres. En voici deux.</p>"
            "<h2>[[une question, avec les mots de qui l’a posée]]</h2>"
            "<p>[[votre réponse, en deux ou trois phrases]]</p>"
            "<p>Ce que vous pouvez essayer : [[une chose qui demande peu de force]].</p>"
            "<h2>[[une autre question, avec les mots de qui l’a posée]]</h2>"
            "<p>[[dites ce qu’on en sait]]</p>"
            "<p>Ce que personne ne sait encore : [[dites ce qui reste ouvert]].</p>",
        },
        {
            "type": "callout",
            "value": {
                "title": "Ce qu’une lettre ne peut pas savoir",
                "text": "<p>J’écris pour beaucoup de gens, et je ne connais pas votre maladie. Qui "
                "vous soigne la connaît : demandez-lui avant de changer quoi que ce soit.</p>",
            },
        },
        {
            "type": "paragraph",
            "value": "<p>Avez-vous une question ? Répondez à cette lettre. Je les lis toutes, et "
            "[[quand vous répondez, ou que vous ne pouvez pas répondre à chacune]].</p>",
        },
        {
            "type": "sign_off",
            "value": {"text": "Bien à vous", "name": "[[ici votre prénom]]"},
        },
    ],
    "resources": [
        {
            "type": "paragraph",
            "value": "<p>Voici une courte liste de ce qui peut aider pour [[à quoi sert la "
            "liste]]. Vous n’avez besoin de rien de tout cela aujourd’hui. Gardez-la pour plus "
            "tard.</p>"
            "<h2>À lire</h2>"
            "<ul><li><b>[[un titre, avec son lien]]</b> : [[ce que c’est, et combien de temps cela "
            "prend]]</li>"
            "<li><b>[[un autre titre, avec son lien]]</b> : [[dites à qui cela fait du "
            "bien]]</li></ul>"
            "<h2>À écouter</h2>"
            "<ul><li><b>[[une chose à entendre les yeux fermés]]</b> : [[ce qu’on entend, et "
            "combien de temps]]</li></ul>"
            "<h2>Pour parler à quelqu’un</h2>"
            "<ul><li><b>[[une ligne d’écoute ou un groupe]]</b> : [[quand on y répond, et ce que "
            "cela coûte]]</li></ul>"
            "<p>J’ai tout lu ou essayé ici. Si l’une de ces choses ne vous fait pas de bien, "
            "laissez-la, et dites-le-moi si vous voulez.</p>",
        },
        {
            "type": "sign_off",
            "value": {
                "text": "Prenez ce qui convient, laissez le reste",
                "name": "[[ici votre prénom]]",
            },
        },
    ],
}
