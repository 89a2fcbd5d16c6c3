"""SparkPost. Without `transactional` it puts a List-Unsubscribe of its own in place of ours."""

import json
from typing import Any

from anymail.backends.sparkpost import EmailBackend, SparkPostPayload
from anymail.webhooks.sparkpost import SparkPostTrackingWebhookView

from posts.delivery.transports.base import Outcome, ServerAnswer
from posts.delivery.transports.esp.adapter import Adapter, Lean, OverHttp
from posts.delivery.transports.esp.calls import Call
from posts.delivery.transports.esp.capabilities import MB, TRIPLE, DnsRecord
from posts.delivery.transports.esp.errors import FailureKind, code_and_message
from posts.delivery.transports.esp.merging import Merged
from posts.delivery.transports.esp.provider import Provider
from posts.delivery.transports.esp.webhook import Raw, Webhook
from posts.delivery.transports.verdict import BLOCKED, HARD
from subscribers.saying import sentence


class Payload(Lean, SparkPostPayload):
    pass


class Backend(OverHttp, EmailBackend):
    payload = Payload


class SparkPost(Adapter):
    backend_class = Backend
    defaults = {
        "track_clicks": False,
        "track_opens": False,
        "esp_extra": {"options": {"transactional": True}},
    }
    kinds = {
        "2101": FailureKind.THROTTLED,  # sending limit of the hour
        "2102": FailureKind.THROTTLED,  # of the day
        "7001": FailureKind.MISCONFIGURED,  # unverified sending domain
    }

    def settings(self, *, lists: bool) -> dict[str, Any]:
        return {"api_key": self.options.key}

    def personalise(self, message: Any, call: Call, letter: Merged) -> None:
        message.merge_data = {
            each.address: {
                "one_click": each.one_click,
                "unsubscribe": each.unsubscribe,
                "message_id": each.identity,
                **letter.signs,
            }
            for each in call.messages
        }

    def outcomes(self, message: Any, call: Call) -> list[Outcome]:
        """It counts whom it took, and only its errors may name whom it did not."""
        results = message.anymail_status.esp_response.json()["results"]
        rejected, accepted = (
            results["total_rejected_recipients"],
            results["total_accepted_recipients"],
        )
        if not rejected or rejected + accepted != len(call):
            return super().outcomes(message, call)
        refused = self._named(results.get("rcpt_to_errors", []), call)
        if len(refused) != rejected:
            reply = sentence(
                "SparkPost refused %(rejected)s of %(call)s recipients and does not say whom.",
                rejected=rejected,
                call=len(call),
            )
            return call.all(ServerAnswer.DOUBT, reply)
        return [
            Outcome(each.subscriber_id, ServerAnswer.REFUSED, refused[each.address])
            if each.address in refused
            else Outcome(each.subscriber_id, ServerAnswer.ACCEPTED)
            for each in call.messages
        ]

    @staticmethod
    def _named(errors: list[Any], call: Call) -> dict[str, str]:
        """The recipients that the errors name, with the text about each."""
        if len(call) == 1:
            return {call.messages[0].address: code_and_message(errors[0])[1] if errors else ""}
        texts = [(json.dumps(error), code_and_message(error)[1]) for error in errors]
        return {
            each.address: message
            for each in call.messages
            for text, message in texts
            if _names(text, each.address)
        }


def _names(text: str, address: str) -> bool:
    """Not only as the end of a longer address."""
    before, found, after = text.partition(address)
    around = before[-1:] + after[:1]
    return bool(found) and not any(char.isalnum() or char in ".-+_@" for char in around)


_HARD = {"10", "30"}
_BLOCKED = {"25", "50", "51", "52", "53", "54"}


def _bounce(raw: Raw) -> str:
    event: Raw = next(iter(raw.get("msys", {}).values()), {})
    kind = str(event.get("bounce_class", ""))
    if kind in _HARD:
        return HARD
    return BLOCKED if kind in _BLOCKED else ""


PROVIDER = Provider(
    title="SparkPost",
    scheme="sparkpost",
    url="sparkpost://KEY@",
    most=2_000,
    largest=20 * MB,
    syntax=TRIPLE,
    merged_headers=True,
    own_message_id=True,
    # https://support.sparkpost.com/docs/tech-resources/custom-bounce-domain
    records=(DnsRecord(sentence("Return path"), "CNAME", "bounces.{domain}", "sparkpostmail.com"),),
    adapter=SparkPost,
    webhook=Webhook(reader=SparkPostTrackingWebhookView, bounce=_bounce),
)
