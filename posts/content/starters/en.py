"""The starting set in English."""

from typing import Any

STARTERS: dict[str, list[dict[str, Any]]] = {
    "letter": [
        {
            "type": "paragraph",
            "value": "<p>Dear you,</p>"
            "<p>This week [[something small that happened to you]]. It stayed with me, because "
            "[[why it stayed with you]].</p>"
            "<p>If you live with an illness that does not go away, you may know [[a feeling or a "
            "kind of day that your readers know]]. It does not mean that you are doing something "
            "wrong.</p>"
            "<p>On some days this helps me: [[one small thing, in a sentence]]. On others it does "
            "not, and that is all right too.</p>"
            "<p>You need not do anything with this letter. I am glad that you are here.</p>",
        },
        {
            "type": "invitation",
            "value": {
                "intro": "If you have a moment:",
                "invites": [
                    {"kind": "reflect", "text": "<p>[[a question to carry through the day]]</p>"},
                    {"kind": "share", "text": "<p>pass this on to somebody who is tired too</p>"},
                ],
            },
        },
        {
            "type": "sign_off",
            "value": {"text": "Until next time", "name": "[[your first name here]]"},
        },
    ],
    "practice": [
        {
            "type": "paragraph",
            "value": "<p>This is a small practice for [[the kind of day it is for]]. It takes "
            "about [[how many minutes it takes]] minutes. You can do it lying down, and you can "
            "stop at any moment.</p>",
        },
        {
            "type": "callout",
            "value": {
                "title": "Before you begin",
                "text": "<p>Leave it out when [[when it is better left out]]. You miss nothing."
                "</p>",
            },
        },
        {
            "type": "paragraph",
            "value": "<h2>Step by step</h2>"
            "<ol><li>[[the first step, in one sentence]]</li>"
            "<li>[[the second step, in one sentence]]</li>"
            "<li>[[tell how it ends, gently]]</li></ol>"
            "<h2>If that is too much today</h2>"
            "<p>[[the smallest form of it]]. That is enough. It is not half a practice, it is "
            "today’s practice.</p>"
            "<p>If you like, write to me how it was. Also if it was no help.</p>",
        },
        {
            "type": "sign_off",
            "value": {"text": "Go gently", "name": "[[your first name here]]"},
        },
    ],
    "questions": [
        {
            "type": "paragraph",
            "value": "<p>You wrote to me, and some of your questions are the questions of many. "
            "Here are two of them.</p>"
            "<h2>[[a question, in a reader’s own words]]</h2>"
            "<p>[[your answer, in two or three sentences]]</p>"
            "<p>What you can try: [[one thing that can be tried without much strength]].</p>"
            "<h2>[[another question, in a reader’s own words]]</h2>"
            "<p>[[tell what is known about it]]</p>"
            "<p>What nobody knows yet: [[tell what is still open]].</p>",
        },
        {
            "type": "callout",
            "value": {
                "title": "What a letter cannot know",
                "text": "<p>I write for many, and I do not know your illness. Whoever treats you "
                "does; ask them before you change anything.</p>",
            },
        },
        {
            "type": "paragraph",
            "value": "<p>Do you have a question yourself? Answer this letter. I read all of them, "
            "and [[how soon you answer, or that you cannot answer each]].</p>",
        },
        {
            "type": "sign_off",
            "value": {"text": "With care", "name": "[[your first name here]]"},
        },
    ],
    "resources": [
        {
            "type": "paragraph",
            "value": "<p>Here is a short list of what may help with [[what the list is for]]. You "
            "need none of it today. Keep it for when you do.</p>"
            "<h2>To read</h2>"
            "<ul><li><b>[[a title, with its link]]</b>: [[what it is, and how long it takes]]</li>"
            "<li><b>[[another title, with its link]]</b>: [[say for whom it is good]]</li></ul>"
            "<h2>To listen to</h2>"
            "<ul><li><b>[[something to hear with closed eyes]]</b>: [[what one hears, and how "
            "long]]</li></ul>"
            "<h2>To talk to somebody</h2>"
            "<ul><li><b>[[a helpline or a group]]</b>: [[when it can be reached, and what it "
            "costs]]</li></ul>"
            "<p>I have tried or read all of these myself. If one of them does you no good, leave "
            "it, and tell me if you like.</p>",
        },
        {
            "type": "sign_off",
            "value": {
                "text": "Take what fits, and leave the rest",
                "name": "[[your first name here]]",
            },
        },
    ],
}
