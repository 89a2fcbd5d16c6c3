"""Mail providers (ESPs) through anymail: one call for as many readers as the provider allows.

Each provider has one module, which says all about it as `PROVIDER`: what its API can do
(`capabilities`), how it is called (an `adapter`), and how it shows who it is and what its reports
mean (a `webhook`). `registry` is the table of them, and `options` the only reader of EMAIL_URL.
Whoever sends goes through `transport`; `events` asks the registry whose webhook it is, and imports
nothing else of a provider. Start with `provider`, then the shortest module, `brevo`.

How a call is made: `session` pulls a chunk of a feed, `calls` cuts it into calls of one letter
variant each, `merging` writes the letter in the provider's merge language, the provider's module
adds what is its own, anymail builds the request and reads the answer, `http` carries it, and
`errors` says what a failure means.

Adding a provider:

1.  Find out, from its documentation and anymail's source, what the fields of `Capabilities` ask.
    Two questions decide: does one call carry a `List-Unsubscribe` header and an unsubscribe link
    for each recipient? If not, write `most=1`: each reader gets a call of her own over the one
    open connection. And does it promise that a repeated idempotency key sends nothing? Without
    that promise in its documentation write no `key_lives`: a replay on a guess mails people twice.
2.  Write `<scheme>.py` here. `Backend` mixes `OverHttp` into anymail's backend; `Payload` mixes
    `Lean` into anymail's payload; the `Adapter` says how anymail's backend is configured
    (`settings`), what is added to a message (`finish`), and which of the provider's error codes
    mean something else than their HTTP status does (`kinds`). Where answers name the recipients it
    refused, `outcomes` reads them. `bounce` says which of its bounces are hard, soft or blocked;
    `special`, where its word for an event is not ours; `secrets`, by what its webhooks show who
    they are. All of it comes together in `PROVIDER`.
3.  Write its line into `registry.TABLE`, and what its URL looks like into the README.
4.  Teach `tests/esp_apis.py` to be the provider: what it reads, answers and refuses, and what it
    makes of template and data; and `tests/fake_esp.py` at which path. All tests in
    `tests/delivery/transports/esp` then run on it.
5.  Write its webhook calls into `tests/delivery/events/payloads.py`, and what each means into the
    table of `test_webhook_calls`. `test_recipe` names whatever you forgot, and shows all of this
    with a provider that does not exist.
"""
