"""The words in which mail servers say why they do not take a letter: plain tables, nothing else.

Each phrase is written as `bounce_class.plain` makes a reply: in lower case, without addresses, web
addresses and codes. ` * ` stands for any one word. To teach it a server's words, write them into
the row of their language.
"""

# In which other servers' words are wrapped: says nothing itself.
WRAPPING = ("unknown address error",)

# The address is gone, in words that a great provider or a well-known mail server has for nothing
# else: believed wherever they stand.
GONE_FOR_SURE = (
    # Google
    "the email account that you tried to reach does not exist",
    "because the address couldn't be found", "the domain name * wasn't found",
    "because the domain * couldn't be found",
    # Yahoo, AOL
    "this user doesn't have a", "delivery error: dd not a valid recipient",
    "dd this user doesn't have", "not a valid mailbox of", "mailbox not found",
    # Microsoft: Outlook.com, Exchange
    "recipnotfound", "recipientnotfound", "the recipient name is not recognized",
    "the e-mail address you entered couldn't be found",
    "the email address you entered couldn't be found",
    "the e-mail account does not exist at the organization", "wasn't found at",
    "couldn't be found at",
    # Apple
    "unknown or illegal alias",
    # Comcast, Cox, Spectrum, Verizon
    "not our customer", "account not available", "invalid user address", "error: invalid user",
    "recipient not found: no such user",
    # GMX, web.de, 1&1, T-Online, Freenet
    "unknown local part", "unknown local-part", "unbekannter empfänger", "empfänger unbekannt",
    # Orange, La Poste, Free, SFR
    "adresse d au moins un destinataire invalide", "adresse destinataire invalide",
    "destinataire inconnu", "adresse inconnue",
    # Mail.ru, Yandex, Rambler, i.ua, ukr.net
    "message was not accepted -- invalid mailbox", "invalid mailbox. local mailbox",
    "no such user!", "mailbox is not local", "unknown user!",
    # QQ, 163, Sina
    "mailbox unavailable or not local", "user not found:", "no such account",
    # Naver, Daum
    "no such user here", "this email account is not found",
    # Libero, Aruba, Virgilio
    "recipient not found in", "indirizzo inesistente", "casella inesistente",
    # UOL, Terra, Locaweb
    "usuario inexistente", "usuário inexistente", "conta inexistente",
    # WP, Onet, Interia; Seznam
    "taki uzytkownik nie istnieje", "taki użytkownik nie istnieje", "konto nie istnieje",
    "schranka neexistuje", "schránka neexistuje",
    # qmail, Exim, Postfix, sendmail, Courier, IMail, Domino, GroupWise
    "no mailbox here by that name", "unrouteable address", "unroutable address",
    "user unknown in * recipient table", "user unknown in virtual", "user unknown in relay",
    "user unknown in local", "unknown user account", "invalid final delivery userid",
    "not listed in domino directory", "listed in public name & address book", "unknown user:",
    "couldn't find any host named", "recipient no longer on server", "user not exist",
)  # fmt: skip

# The same, but filters say it as well, of people who are there: believed where it was said to
# RCPT or stands in a report's own field.
GONE = (
    # English
    "user unknown", "user is unknown", "unknown user", "unknown recipient", "unknown mailbox",
    "unknown account", "recipient unknown", "recipient is unknown", "address unknown",
    "unknown address", "mailbox unknown", "account unknown", "unknown addressee", "unknown alias",
    "no such user", "no such recipient", "no such mailbox", "no such person", "no such address",
    "no such account", "no such email", "no such local user", "no such id", "no such alias",
    "not a known user", "not a valid user", "not a valid mailbox", "not a valid recipient",
    "not a valid address", "is not a known", "is not known here", "not known here",
    "user not known", "recipient not known", "not known at this", "user does not exist",
    "user doesn't exist", "user * does not exist", "user * doesn't exist",
    "mailbox does not exist", "mailbox doesn't exist", "mailbox * does not exist",
    "mailbox * doesn't exist", "recipient does not exist", "recipient * does not exist",
    "recipient doesn't exist", "account does not exist", "account doesn't exist",
    "account * does not exist", "account that you tried to reach does not exist",
    "address does not exist", "address doesn't exist", "address * does not exist",
    "alias does not exist", "destination does not exist", "addressee does not exist",
    "does not exist here", "doesn't exist here", "does not exist on this", "no longer exists",
    "no longer accepts mail", "user not found", "user * not found", "recipient not found",
    "address not found", "account not found", "email address not found",
    "e-mail address not found", "email address could not be found", "recipient could not be found",
    "user could not be found", "address could not be found", "user * could not be found",
    "account could not be found", "couldn't find a mailbox", "no user with", "no account with",
    "no user found", "no account by", "no mailbox", "mailbox unavailable", "mailbox not available",
    "mailbox is unavailable", "addressee unknown", "unable to find recipient",
    "undeliverable address", "invalid recipient", "invalid mailbox", "invalid user",
    "invalid email address", "recipient is invalid", "recipient address is invalid",
    "recipient * is invalid", "bad destination mailbox address", "bad recipient", "bad address",
    "illegal alias", "account closed", "account has been closed", "account is closed",
    "account * closed", "account deleted", "account has been deleted", "mailbox has been deleted",
    "user deleted", "user has been deleted", "user removed", "account removed", "user * has left",
    "no longer with", "no longer works", "no longer on server", "no longer a user",
    "is not our customer", "user is not a member", "not a member of", "not recognized here",
    "unable to verify user", "rejected: undeliverable", "not listed in", "has no mailbox",
    "address no longer", "recipient has moved", "user has moved", "user not local",
    # German
    "benutzer unbekannt", "unbekannter benutzer", "empfänger nicht gefunden",
    "empfänger existiert nicht", "adresse existiert nicht", "postfach existiert nicht",
    "konto existiert nicht", "benutzer existiert nicht", "adresse nicht gefunden", "nicht bekannt",
    "diese adresse ist ungültig", "ungültiger empfänger", "adresse wurde nicht gefunden",
    "konto wurde nicht gefunden",
    # French
    "utilisateur inconnu", "boîte inconnue", "n'existe pas", "n existe pas", "adresse introuvable",
    "destinataire introuvable", "destinataire invalide", "adresse invalide", "compte inexistant",
    "boite inexistante", "boîte inexistante",
    # Spanish
    "usuario desconocido", "destinatario desconocido", "buzón no existe", "cuenta no existe",
    "no existe el usuario", "usuario no existe", "usuario no encontrado", "no se ha encontrado la",
    "dirección no existe", "dirección no encontrada", "no se encontró la dirección",
    # Portuguese
    "usuário desconhecido", "usuario desconhecido", "destinatário desconhecido", "não existe",
    "nao existe", "usuário não encontrado", "endereço não encontrado", "conta não encontrada",
    "destinatário inválido",
    # Italian
    "utente sconosciuto", "destinatario sconosciuto", "non esiste", "utente inesistente",
    "indirizzo non trovato", "utente non trovato", "destinatario inesistente",
    # Dutch
    "gebruiker onbekend", "onbekende gebruiker", "ontvanger onbekend", "bestaat niet",
    "adres niet gevonden", "onbekend adres",
    # Swedish, Danish, Norwegian, Finnish
    "finns inte", "okänd användare", "okänd mottagare", "findes ikke", "ukendt bruger",
    "ukendt modtager", "finnes ikke", "ukjent bruker", "ukjent mottaker", "ei ole olemassa",
    "tuntematon käyttäjä", "tuntematon vastaanottaja", "osoitetta ei löytynyt",
    # Polish, Czech, Slovak, Hungarian, Romanian
    "nieznany użytkownik", "nieznany odbiorca", "nie istnieje", "nie znaleziono adresu",
    "neznámý uživatel", "neznámý příjemce", "neexistuje", "uživatel nenalezen", "nem létezik",
    "ismeretlen felhasználó", "ismeretlen címzett", "utilizator necunoscut", "nu există",
    # Russian, Ukrainian
    "не существует", "пользователь не найден", "неизвестный пользователь", "адресат не найден",
    "неизвестный получатель", "получатель не найден", "адрес не найден", "нет такого пользователя",
    "такого пользователя нет", "почтовый ящик не найден", "ящик не существует", "не існує",
    "користувача не знайдено", "адресу не знайдено", "невідомий користувач",
    # Greek, Turkish, Hebrew, Arabic
    "άγνωστος χρήστης", "δεν υπάρχει", "kullanıcı bulunamadı", "adres bulunamadı", "mevcut değil",
    "bilinmeyen kullanıcı", "לא נמצאה", "לא קיים", "غير موجود", "لم يتم العثور على العنوان",
    # Japanese, Chinese, Korean
    "存在しません", "存在しない", "見つかりません", "宛先不明", "ユーザーが不明",
    "該当ユーザーなし", "用户不存在", "收件人不存在", "邮箱不存在", "帐号不存在", "账号不存在",
    "地址不存在", "找不到收件人", "找不到地址", "無此使用者", "無此帳號", "使用者不存在",
    "存在하지", "존재하지 않", "없는 사용자", "수신자를 찾을 수 없", "주소를 찾을 수 없",
    "알 수 없는 사용자",
)  # fmt: skip

# The same where a reply says no more than this.
GONE_IF_ALONE = ("recipient address rejected", "address rejected", "rejected address")

# The domain is gone, or takes no mail.
NO_DOMAIN = (
    "host unknown", "unknown host", "no such host", "no such domain", "domain does not exist",
    "domain doesn't exist", "domain * does not exist", "domain not found", "unknown domain",
    "host or domain name not found", "host not found", "host * not found", "no mx found",
    "invalid domain name", "bad destination system", "bad destination host", "domain is invalid",
    "nullmx", "null mx", "couldn't find a mail exchanger", "no mail exchanger",
    "does not accept mail", "doesn't accept mail", "doesn't receive email",
    "indicated no smtp service", "accepts no mail", "no mail hosts for domain",
    "domain must exist", "domain name not found", "unrouteable mail domain", "domain unknown",
    "domain of the recipient does not exist", "nonexistent domain", "non-existent domain",
    "all relevant mx records point to non-existent hosts", "name or service not known",
    "no route found to domain", "the domain is not reachable", "domain is not reachable",
    "domain isn't correct", "domain name couldn't be found",
)  # fmt: skip

# A passing trouble of names, whatever code stands beside it.
NAMES_FAIL = (
    "malformed or unexpected name server reply", "host name lookup failure",
    "not found, try again", "temporary lookup failure", "name server timeout",
    "nameserver timeout", "servfail", "dns timeout", "lookup timed out", "temporarily unable to",
    "dns server failure", "no answer from", "connection refused", "connection timed out",
    "connection reset", "no route to host", "network is unreachable", "could not connect",
    "couldn't connect",
)  # fmt: skip

# Her mailbox is full.
FULL = (
    "mailbox full", "mailbox is full", "mail box full", "mail box is full", "inbox is full",
    "inbox full", "mailbox * full", "mailbox * is full", "over quota", "overquota", "over-quota",
    "over the quota", "over its quota", "over their quota", "over storage limit",
    "overdrawn his diskspace quota", "out of storage", "storage space", "storage limit",
    "exceeded storage", "quota exceeded", "quotaexceeded", "exceeds quota", "exceeded quota",
    "exceeded his quota", "exceeded its quota", "exceeded their quota", "exceeded the quota",
    "disk quota", "diskspace quota", "user's quota", "quota violation", "quota full",
    "out of disk space", "insufficient storage", "not enough storage", "no space left",
    "account is full", "exceeded its storage", "exceeding the quota", "maildir over",
    "too much mail data", "has exceeded", "mailbox size limit", "mailbox exceeds",
    "exceeds allowed size", "maximum storage", "exceeded allowed storage", "exceeded the mailbox",
    # German, French, Spanish, Portuguese, Italian, Dutch, Polish
    "postfach voll", "postfach ist voll", "speicherplatz", "boîte pleine", "boite pleine",
    "boîte aux lettres pleine", "quota dépassé", "quota depasse", "buzón lleno", "buzon lleno",
    "cuota excedida", "caixa cheia", "caixa de correio cheia", "cota excedida", "casella piena",
    "casella è piena", "mailbox vol", "postvak vol", "skrzynka pełna", "skrzynka jest pełna",
    "przepełniona",
    # Russian, Ukrainian, Japanese, Chinese, Korean
    "ящик переполнен", "переполнен", "превышена квота", "переповнен", "容量を超", "容量超過",
    "メールボックスがいっぱい", "邮箱已满", "空间不足", "信箱已滿", "用户空间", "용량",
)  # fmt: skip

# The mailbox is there but shut. It may be opened again (RFC 3463: X.2.1 "may be permanent"), and
# if it is not, the soft ones add up.
SHUT = (
    "is disabled", "mailbox unavailable or access denied", "has been disabled", "account disabled",
    "account is inactive", "is suspended", "has been suspended", "account suspended",
    "user suspended", "mailbox disabled", "is inactive", "account inactive", "inactive user",
    "inactive account", "inactive mailbox", "mailbox inactive", "is not active", "not active",
    "temporarily disabled", "temporarily suspended", "is locked", "account locked",
    "account has been locked", "is frozen", "mailbox is frozen", "blocked due to",
    "account expired", "has expired", "disabled recipient", "disabled or discontinued",
    "not been accessed", "has been inactive", "user is inactive", "mailbox currently suspended",
    "mailbox temporarily", "temporarily locked", "recipient suspended", "on hold", "deactivated",
    "not accepting messages", "not accepting mail", "not accept mail", "user disabled",
    "is currently unavailable", "account blocked", "user is locked", "out of order",
    "temporarily deferred", "account is temporarily", "discontinued", "is unavailable: account",
    "email account is disabled", "recipient preferences", "recipient's preferences",
    "recipient is disabled", "disabled user",
)  # fmt: skip

# She gets more than her server lets in for now.
RATE = (
    "receiving mail at a rate", "receiving mail too quickly", "too many recipients this hour",
    "too many messages this hour", "too many recipients received", "too many mails this hour",
    "messages to the recipient per hour", "received too many messages", "exceeded the rate",
    "try again later", "try later", "please retry", "retry later", "temporarily rejected",
    "temporary failure", "temporary error", "temporary problem", "try your request again",
    "user is overloaded", "too much mail right now", "receiving rate", "rate exceeded",
)  # fmt: skip

# Said of us, of the letter or of the way, whatever the number.
US = (
    # what we are taken for
    "spam", "unsolicited", "bulk mail", "junk", "virus", "malware", "phish", "infected", "spammer",
    "botnet", "blacklist", "black list", "blacklisted", "blocklist", "block list", "block-list",
    "black-list", "denylist", "deny list", "reputation", "dnsbl", "rbl", "rblless", "spamhaus",
    "barracuda", "spamcop", "senderbase", "proofpoint dynamic", "is listed in", "listed on",
    "listed at", "bad-reputation", "poor reputation", "suspicious", "abuse", "complaints",
    # their rules
    "policy", "policies", "blocked", "administrative prohibition", "administratively prohibited",
    "administratively denied", "prohibited", "not authorized", "not authorised", "unauthorized",
    "not permitted", "not allowed", "message refused", "access denied by", "content rejected",
    "message content", "content filter", "message rejected", "mail rejected", "mail content",
    "message was rejected", "mail rejete", "message denied", "closed list", "not subscribed",
    "restricted", "permission to post", "only members", "moderat", "smtp auth", "auth required",
    "authentication required", "must authenticate", "delivery not authorized", "gave bounce",
    "banned", "header error", "ehlo", "helo", "too many hops",
    # who we are
    "spf", "dkim", "dmarc", "unauthenticated", "not authenticated", "ptr", "reverse dns",
    "reverse hostname", "reverse lookup", "rdns", "sender address rejected", "sender rejected",
    "sender verify", "sender denied", "sender domain", "sender blocked", "bad sender",
    "invalid sender", "sender unknown", "unknown sender", "sender ip", "client host rejected",
    "sender's address", "sender not", "your ip", "your host", "your server", "relay access denied",
    "relaying denied", "relay not permitted", "unable to relay", "not relay", "no relaying",
    "relaying not", "we do not relay", "cannot relay", "relay denied", "relay is prohibited",
    "tls required", "starttls", "must issue", "certificate", "too many connections",
    "connection limit", "rate limit", "throttl", "greylist", "graylist", "hourly limit",
    "daily limit", "sending limit", "limit exceeded",
)  # fmt: skip

# By which a text tells when it was said: to RCPT, when only the address was known …
TO_RCPT = (
    "reply to rcpt", "rcpt to command", "after rcpt", "like recipient", "like our rcpt",
    "[rcpt_to]", "rcpt_to", "server has rejected address", ">>> rcpt to", "rcpt to:", "smtp:rcpt",
    "said to rcpt", "rejected recipient", "recipient address rejected", "recipient rejected",
)  # fmt: skip
# … or when the whole letter was there.
AFTER_DATA = (
    "end of data", "data command", "after data", "end of message",
    "failed after i sent the message", "sent the message", "text command", "smtp command data",
    "after end of", "message body",
)  # fmt: skip
# Written about a letter that is still on its way.
DELAYED = (
    "delayed", "still being retried", "will be retried", "continue to be attempted", "will retry",
    "still trying", "not yet been delivered", "temporary failure report", "delivery delay",
    "no action is required", "will keep trying", "could not send message for past",
    "could not be delivered for", "you do not need to resend", "does not need to be resent",
    "will continue", "keep trying", "wird weiterhin versucht", "доставка задерживается",
)  # fmt: skip
