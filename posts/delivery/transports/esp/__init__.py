"""Mail providers (ESPs) through anymail: one call for as many readers as the provider allows.

How a call is made: `session` pulls a chunk of a feed, `calls` cuts it into calls of one letter
variant each, `merging` writes the letter in the provider's merge language, the provider's module
adds what is its own, anymail builds the request and reads the answer, `http` carries it, and
`errors` says what a failure means. What a provider can do stands in `capabilities`, and only
there.

Adding a provider:

1.  Find out, from its documentation and anymail's source, what the columns of `Capabilities` ask,
    and write its row in `capabilities.TABLE`. Two questions decide: does one call carry a
    `List-Unsubscribe` header and an unsubscribe link for each recipient? If not, write
    `most=1`: each reader gets a call of her own over the one open connection. And does it
    promise that a repeated idempotency key sends nothing? Without that promise in its
    documentation write no `key_lives`: a replay on a guess mails people twice.
2.  Write a module named like its scheme. `Backend` mixes `OverHttp` into anymail's backend;
    `Payload` mixes `Lean` into anymail's payload; `Adapter` says how anymail's backend is
    configured (`settings`), what is added to a message (`finish`), and which of the provider's
    error codes mean something else than their HTTP status does (`kinds`). Where answers name the
    recipients it refused, `outcomes` reads them.
3.  Teach `tests/esp_apis.py` to be the provider: what it reads, answers and refuses, and what it
    makes of template and data. `tests/delivery/transports/esp` then runs every test on it.
"""
