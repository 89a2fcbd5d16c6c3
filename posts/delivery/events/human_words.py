"""How mails that come back are written for people: plain tables, nothing else, in lower case."""

# With these a line begins behind which the returned letter stands.
LETTER_FOLLOWS = (
    "original message", "original mail", "returned message", "below this line is a copy",
    "enclosed is a copy", "this is a copy of", "a copy of the message", "a copy of your message",
    "copy of message", "below is a copy", "unsent message", "undelivered message",
    "message headers follow", "message header follow", "the header of the original",
    "headers of the original", "header of the original", "included is a copy",
    "returned mail follows", "your message follows", "your original message",
    "start of returned message", "the original message follows", "message text follows",
    "original headers", "message from yahoo", "returned headers", "headers follow", "the first",
    "------ this is", "message header", "attached is a copy", "the following is a copy",
    "the text of the original", "the body of the original", "original message headers",
    "original message details", "transcript of headers", "your mail follows",
    "received message follows", "forwarded message", "begin forwarded", "ursprüngliche nachricht",
    "ursprünglicher nachrichtenkopf", "message d'origine", "message original", "mensaje original",
    "mensagem original", "messaggio originale", "oorspronkelijk bericht", "исходное сообщение",
    "исходное письмо", "текст исходного", "元のメッセージ", "原邮件", "原始邮件", "원본 메시지",
)  # fmt: skip
# And these headers are a letter's own, if more of the kind follow.
HEADERS = (
    "received:", "return-path:", "dkim-signature:", "domainkey-signature:", "message-id:",
    "delivered-to:", "x-original-to:", "authentication-results:", "arc-seal:", "mime-version:",
)  # fmt: skip

# What stands before the address of the one whom it did not reach.
NAME_HER = (
    "rcpt", "rcpt to", "recipient", "recipient address", "final-recipient: rfc822;",
    "final-recipient", "original-recipient", "rfc822;", "mail to", "message to", "email to",
    "e-mail to", "deliver to", "delivered to", "delivery to", "addressed to", "recipients",
    "delivered to the following address", "user", "userid", "account", "mailbox", "address",
    "following address", "following recipient", "wasn't delivered to", "intended for", "failed to",
    "emailaddress", "could not be delivered to", "to", "an", "à", "para", "кому", "宛先", "收件人",
)  # fmt: skip

# Nobody whom a letter was for: local parts.
NOBODY = frozenset(
    {
        *("postmaster", "mailer-daemon", "mailerdaemon", "support", "helpdesk", "abuse", "admin"),
        *("administrator", "noc", "noreply", "no-reply", "hostmaster", "webmaster", "mailmaster"),
    }
)

# A mail from one of these, or under such a subject, is a returned one, whatever its form.
DAEMONS = (
    "mailer-daemon", "mailerdaemon", "mailer daemon", "postmaster", "post_master", "post-master",
    "mail delivery", "mail.delivery", "maildelivery", "delivery subsystem", "mail administrator",
    "mdaemon", "mail system", "mail-daemon", "maildaemon", "system administrator", "bounce@",
    "delivery-system", "mail gateway", "sns.amazonaws.com", "internet mail", "smtp-daemon",
)  # fmt: skip
RETURNED = (
    "undeliver", "undelivered", "returned mail", "delivery fail", "failure notice",
    "delivery status notification", "mail delivery failed", "delivery failure", "delivery error",
    "could not be delivered", "not delivered", "delivery has failed", "delivery notification",
    "message delivery", "mail failure", "failed delivery", "delivery report", "mail system error",
    "non-delivery", "nondeliverable", "non remis", "non distribu", "unzustellbar",
    "nicht zugestellt", "no se pudo entregar", "no entregado", "não entregue", "falha na entrega",
    "mancato recapito", "onbestelbaar", "niet bezorgd", "kunde inte levereras",
    "kunne ikke leveres", "nie dostarczono", "niedostarczalna", "nedoručiteln", "nedoručen",
    "не доставлено", "недоставлен", "не доставлен", "配信不能", "配信できません", "送信エラー",
    "退信", "无法投递", "投递失败", "반송", "전송 실패", "teslim edilemedi",
)  # fmt: skip

# An answer that nobody wrote at this moment.
AWAY = (
    "out of office", "out of the office", "automatic reply", "auto reply", "auto-reply",
    "autoreply", "auto:", "autoresponse", "auto response", "auto-response", "automated response",
    "vacation", "on holiday", "i am away", "away from", "on leave", "thank you for contacting",
    "abwesen", "abwesend", "automatische antwort", "urlaub", "réponse automatique",
    "absence du bureau", "absence", "absent du bureau", "respuesta automática",
    "fuera de la oficina", "fuera de oficina", "resposta automática", "fora do escritório",
    "risposta automatica", "fuori ufficio", "automatisch antwoord", "afwezig", "autosvar",
    "automatiskt svar", "automatisk svar", "autom. svar", "poissa", "automaattinen",
    "odpowiedź automatyczna", "automatyczna odpowiedź", "automatická odpověď", "otomatik yanıt",
    "автоответ", "автоматический ответ", "в отпуске", "自動応答", "自動返信", "不在", "自动回复",
    "自動回覆", "自动答复", "부재중", "자동 회신", "자동 응답",
)  # fmt: skip

# Outlook.com and Hotmail (JMRP) attach the letter and say no more than this in the subject.
COMPLAINT_SUBJECTS = ("complaint about message from", "abuse report about message from")
