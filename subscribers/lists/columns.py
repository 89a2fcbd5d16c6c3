"""What the columns of other programs' exports hold. Which statuses their cells name: `statuses`."""

from dataclasses import dataclass, field

from subscribers.lists import statuses
from subscribers.lists.normalising import words

OURS = "Passalong"
EMAIL, NAME, FIRST, LAST = "email", "name", "first", "last"
TAGS, SINCE = "tags", "since"
IGNORED = "ignored"  # it says nothing that we need, and nothing about who may be mailed
UNSUBSCRIBED, BOUNCED = statuses.UNSUBSCRIBED, statuses.BOUNCED  # whoever has something in it

# What only our own export has; each is the name of its role.
PREFERENCES = (
    "locale", "edition", "format", "pace", "large_text", "discreet", "resting_until",
    "resting_since",
)  # fmt: skip
CONSENT = ("consent_kind", "consent_source", "consent_at", "consent_wording", "consent_version")
SIGNED_UP = ("signed_up_source", "signed_up_at", "signed_up_wording", "signed_up_version")
NEVER_MAIL = "never_mail"  # why her address is suppressed
EXPORTED = (
    "email", "name", "status", "tags", "created_at", "subscribed_at", *CONSENT, *PREFERENCES,
    *SIGNED_UP, NEVER_MAIL,
)  # fmt: skip


@dataclass(frozen=True)
class ExportingProgram:
    """One program's export: the columns by which it is known, and what each column holds."""

    name: str
    signs: frozenset[str]
    roles: dict[str, str] = field(default_factory=dict)


def plain(column: str) -> str:
    """`First Name`, `first_name` and `FIRST-NAME` are one column."""
    return words(column).replace(" ", "")


# In any file, whoever wrote it. A file's own kind comes first.
_COMMON = {
    EMAIL: """
        email emailaddress emailid subscriberemail mail mailid mailaddress primaryemail
        primaryemailaddress contactemail emailaddr youremail youremailaddress emailaddressrequired
        emailprimary email1 email1value email1address emailaddress1 useremail useremailaddress
        emailadresse mailadresse elektronischepost primareemail primareemailadresse email1adresse
        adresseemail adressemail adressedemail adressemessagerie adressedemessagerie courriel
        adressecourriel adresseelectronique premiereadresseelectronique votreemail
        votreadresseemail correo correoelectronico direcciondecorreo direcciondecorreoelectronico
        direccionemail tuemail adrecaelectronica correuelectronic indirizzoemail indirizzomail
        indirizzodipostaelettronica indirizzopostaelettronica postaelettronica enderecoemail
        enderecodeemail enderecodecorreioeletronico correioeletronico seuemail emailadres mailadres
        epost epostadress epostadresse eposta epostadresi epostaadresi sahkoposti sahkopostiosoite
        adresemail adresaemail adresmail poctaelektroniczna emailovaadresa emailcim
        elektronickaposta adresadeemail emailadresa adresapostylektronicznej netfang tolvupostfang
        электроннаяпочта адресэлектроннойпочты почта емейл имейл имеил електроннапошта пошта
        адресаелектронноїпошти имейладрес ηλεκτρονικοταχυδρομειο διευθυνσηemail
        διευθυνσηηλταχυδρομειου メールアドレス メール eメール 电子邮件 电子邮箱 邮箱 邮件地址
        电子邮件地址 電子郵件 電郵 信箱 이메일 이메일주소 메일 전자우편 דואראלקטרוני אימייל מייל
        בריד البريدالالكتروني البريدالإلكتروني بريدالكتروني diachiemail thudientu alamatemail surel
        ईमेल
    """,
    NAME: """
        name fullname displayname contactname subscribername yourname nameoptional nomcomplet
        nometprenom prenometnom nomaafficher anzeigename vollstandigername vorundnachname
        nombrecompleto nombreyapellido nombreyapellidos nomecompleto nomeecognome nomecognome naam
        volledigenaam namn fullstandigtnamn navn fuldenavn fulltnavn nimi kokonimi imieinazwisko
        celejmeno jmenoaprijmeni menoapriezvisko nev teljesnev numecomplet numesiprenume
        imeiprezime adsoyad adisoyadi имя имяифамилия фио полноеимя імя повнеімя піб име
        ονοματεπωνυμο 氏名 名前 お名前 姓名 名字 이름 성명 שם שםמלא الاسم الاسمالكامل hovaten ten
        namalengkap nama नाम
    """,
    FIRST: """
        firstname givenname forename fname vorname rufname prenom voornaam nombre primernombre
        nombres nome primeironome fornamn fornavn etunimi jmeno krestnijmeno meno krstnemeno imie
        keresztnev utonev prenume ime ad adi isim ονομα 名 given שםפרטי الاسمالاول
    """,
    LAST: """
        lastname surname familyname lname nachname familienname zuname nom nomdefamille apellido
        apellidos cognome cognom sobrenome apelido ultimonome achternaam efternamn efternavn
        etternavn sukunimi prijmeni priezvisko nazwisko vezeteknev csaladnev nume numedefamilie
        prezime soyad soyadi фамилия прізвище фамилно επωνυμο 姓 氏 성 שםמשפחה اسمالعائلة
    """,
    TAGS: """
        tags tag labels groupmembership schlagworte schlagworter etiquettes etiquetas etichette
        etiketten taggar etiketter tunnisteet etykiety stitky cimkek etichete oznake etiketler
        метки теги мітки ετικετες タグ 标签 標籤 태그 תגיות
    """,
    SINCE: """
        createdat createdatutc createdatutc0 createdon subscribedat dateadded addedat datecreated
        signupdate erstelltam
    """,
}
# With these the family's name stands first.
FAMILY_FIRST = frozenset(map(plain, ("姓", "氏", "성", "vezeteknev", "csaladnev")))
COMMON = {plain(name): role for role, listed in _COMMON.items() for name in listed.split()}

PROGRAMS = (
    ExportingProgram(
        OURS,
        frozenset({"consentkind", "consentat", "subscribedat"}),
        {plain(name): name for name in EXPORTED},
    ),
    ExportingProgram(
        "Mailchimp",
        frozenset({"leid", "euid"}),
        {
            "optintime": SINCE,
            "confirmtime": IGNORED,  # its subscribed are in a file of their own
            "unsubtime": UNSUBSCRIBED,
            "cleantime": BOUNCED,
        },
    ),
    ExportingProgram(
        "Substack",
        frozenset({"email", "activesubscription", "emaildisabled"}),
        # Who does not pay has no active subscription, and reads all the same.
        {
            "emaildisabled": UNSUBSCRIBED,
            "activesubscription": IGNORED,
            "expiry": IGNORED,
            "digestenabled": IGNORED,
        },
    ),
    ExportingProgram(
        "Substack", frozenset({"email", "stripeplan", "startdate"}), {"startdate": SINCE}
    ),
    ExportingProgram(
        "Ghost",
        frozenset({"email", "subscribedtoemails"}),
        {"subscribedtoemails": statuses.AGREED, "deletedat": UNSUBSCRIBED},
    ),
    ExportingProgram(
        "Buttondown",
        frozenset({"email", "creationdate", "metadata"}),
        {
            "subscribertype": statuses.STATUS,
            "type": statuses.STATUS,
            "creationdate": SINCE,
            "unsubscriptiondate": UNSUBSCRIBED,
        },
    ),
    ExportingProgram("listmonk", frozenset({"email", "uuid", "status", "attributes"})),
    ExportingProgram(
        "Kit", frozenset({"email", "firstname", "createdat", "state"}), {"state": statuses.STATUS}
    ),
    ExportingProgram("Kit", frozenset({"email", "firstname", "createdat", "status"})),
)


def program_of(columns: list[str]) -> ExportingProgram | None:
    """The first kind of which all signs are among the columns."""
    there = set(map(plain, columns))
    return next((program for program in PROGRAMS if program.signs <= there), None)


def of_rejects(columns: list[str]) -> bool:
    """Whether a file holds the rows that an import could not take, each behind its reason."""
    return [*map(plain, columns[:2])] == ["reason", "line"]


def roles_of(columns: list[str], program: ExportingProgram | None) -> list[str]:
    """The role of each column; empty for one that we have no place for.

    Where two columns have one role, the first is taken: each status is looked at, though.
    """
    known = {**COMMON, **(program.roles if program else {})}
    roles = [known.get(plain(column), "") for column in columns]
    if of_rejects(columns):
        roles[:2] = [IGNORED, IGNORED]  # our words, not hers
    return roles
