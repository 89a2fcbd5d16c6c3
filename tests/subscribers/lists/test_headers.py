"""Where a list names its columns, in the languages and the programs of the world, or does not."""

import json
import os
import subprocess
import sys
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from subscribers.lists.csv_file import ListRow, SubscriberFile, open_file
from subscribers.lists.headers import read_header
from subscribers.lists.records import ListRefused
from subscribers.models import Newsletter, Subscriber, Subscription


def read(folder: Path, content: str | bytes) -> tuple[SubscriberFile, list[ListRow]]:
    path = folder / "list.csv"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    file = open_file(path)
    return file, list(file.rows())


HEADERS = {
    "English": "Email Address,First Name,Last Name",
    "German": "E-Mail-Adresse,Vorname,Nachname",
    "French": "Adresse électronique,Prénom,Nom",
    "Spanish": "Correo electrónico,Nombre,Apellidos",
    "Catalan": "Correu electrònic,Nom complet,",
    "Portuguese": "Correio eletrônico,Nome,Sobrenome",
    "Italian": "Posta elettronica,Nome,Cognome",
    "Dutch": "E-mailadres,Voornaam,Achternaam",
    "Swedish": "E-postadress,Förnamn,Efternamn",
    "Danish": "E-mailadresse,Fornavn,Efternavn",
    "Norwegian": "E-postadresse,Fornavn,Etternavn",
    "Finnish": "Sähköposti,Etunimi,Sukunimi",
    "Polish": "Adres e-mail,Imię,Nazwisko",
    "Czech": "E-mailová adresa,Jméno,Příjmení",
    "Slovak": "E-mail,Meno,Priezvisko",
    "Romanian": "Adresă de email,Prenume,Nume",
    "Croatian": "E-mail adresa,Ime,Prezime",
    "Turkish": "E-posta adresi,Ad,Soyad",
    "Greek": "Ηλεκτρονικό ταχυδρομείο,Όνομα,Επώνυμο",
    "Russian": "Электронная почта,Имя,Фамилия",
    "Ukrainian": "Електронна пошта,Ім'я,Прізвище",
    "Hebrew": "דואר אלקטרוני,שם פרטי,שם משפחה",
    "Thunderbird": "Primary Email,First Name,Last Name",
    "Outlook": "E-mail Address,First Name,Last Name",
    "Outlook in French": "Adresse de messagerie,Prénom,Nom",
    "Google": "E-mail 1 - Value,Given Name,Family Name",
    "MailerLite": "Subscriber,Name,Last name",
    "Wix": "Email 1,First Name,Last Name",
    "a form": "Your email address *,Your name,",
}


@pytest.mark.parametrize("language", HEADERS)
def test_columns_are_known_by_name_in_many_languages(tmp_path: Path, language: str) -> None:
    _, [row] = read(tmp_path, f"{HEADERS[language]}\nada@example.org,Ada,King\n")
    last = " King" if HEADERS[language][-1] != "," and "complet" not in HEADERS[language] else ""
    assert (row.address, row.name) == ("ada@example.org", f"Ada{last}")


@pytest.mark.parametrize(
    ("header", "name"),
    [
        ("メールアドレス,姓,名", "山田 花子"),
        ("电子邮件,姓,名", "山田 花子"),
        ("이메일,성,이름", "山田 花子"),
        ("E-mail cím,Vezetéknév,Keresztnév", "山田 花子"),
        ("Email,Last Name,First Name", "花子 山田"),
    ],
)
def test_the_names_stand_in_the_order_in_which_they_are_spoken(
    tmp_path: Path, header: str, name: str
) -> None:
    _, [row] = read(tmp_path, f"{header}\nhanako@example.org,山田,花子\n")
    assert row.name == name


def test_a_family_name_beside_a_full_name_is_not_written_twice(tmp_path: Path) -> None:
    _, rows = read(
        tmp_path, "email,Name,Surname\nada@example.org,Ada King,King\nb@example.org,Ben,Li\n"
    )
    assert [row.name for row in rows] == ["Ada King", "Ben Li"]


@pytest.mark.parametrize(
    ("above", "line"),
    [
        ("", 2),
        ("\n", 3),
        ("\ufeff\n \n", 4),
        (",,\n", 3),
        ("Our readers\n", 3),
        ("Our readers,,\n,,\n", 4),
        ("Readers of letters@example.org\n", 3),
        ('The 3" list\n', 3),
        ("Exported on,2026-05-03\nby,Ada\n\n", 5),
        ("sep=,\nOur readers\n", 4),
    ],
)
def test_a_title_or_blank_lines_may_stand_above_the_names(
    tmp_path: Path, above: str, line: int
) -> None:
    file, [row] = read(tmp_path, f"{above}email,name\nada@example.org,Ada\n")
    assert (row.line, row.address, row.name) == (line, "ada@example.org", "Ada")
    assert file.columns == ["email", "name"]


def test_a_name_of_a_column_may_run_over_lines(tmp_path: Path) -> None:
    file, [row] = read(tmp_path, 'name,"Email\r\naddress","a\nb\nc"\nAda,ada@example.org,\n')
    assert file.columns == ["name", "Email address", "a b c"]
    assert (row.line, row.address, row.name) == (5, "ada@example.org", "Ada")


@pytest.mark.parametrize(
    "text",
    [
        "ada@example.org\nben@example.org\n",
        "Our readers\nada@example.org\nben@example.org\n",
        "\n\nada@example.org,Ada,1\nben@example.org,Ben,2\n",
        "Our readers,,\nAda,<ada@example.org>\nBen,Ben <ben@example.org>\n",
    ],
)
def test_a_file_without_names_of_columns_is_understood_by_its_addresses(
    tmp_path: Path, text: str
) -> None:
    _, rows = read(tmp_path, text)
    assert [row.address for row in rows] == ["ada@example.org", "ben@example.org"]


def test_of_two_columns_without_a_name_the_one_with_the_addresses_is_asked_for(
    tmp_path: Path,
) -> None:
    path = tmp_path / "list.csv"
    path.write_text("ada@example.org,a@example.com\nben@example.org,b@example.com\n")
    assert [one.number for one in open_file(path).questions.addresses] == [1, 2]


@pytest.mark.django_db
def test_the_command_asks_about_a_file_without_names_and_takes_the_answer(tmp_path: Path) -> None:
    Newsletter.objects.create(name="Letters", slug="letters")
    path = tmp_path / "list.csv"
    path.write_text("ada@example.org,Ada,yes\nben@example.org,Ben,no\n")
    with pytest.raises(CommandError, match="column 3"):
        call_command("import_subscribers", str(path), "--confirmed", "--source=moved")
    out = StringIO()
    call_command(
        "import_subscribers", str(path), "--confirmed", "--source=moved", "--json",
        "--column=#3=agreed", "--column=#2=name", stdout=out,
    )  # fmt: skip
    assert json.loads(out.getvalue().splitlines()[-1])["added"] == 1
    assert Subscription.objects.get(subscriber__address="ben@example.org").status == "unsubscribed"
    assert Subscriber.objects.get(address="ada@example.org").name == "Ada"


def test_rejects_of_a_file_without_names_can_be_corrected_and_come_back(tmp_path: Path) -> None:
    _, rows = read(tmp_path, "reason,line,,\nwhy,2,ada@example.org,Ada\n")
    assert [row.address for row in rows] == ["ada@example.org"]


def test_a_word_for_mail_below_an_address_names_no_column(tmp_path: Path) -> None:
    _, rows = read(tmp_path, "Kontakt,Weg\nada@example.org,Mail\nben@example.org,Post\n")
    assert [row.address for row in rows] == ["ada@example.org", "ben@example.org"]


def test_a_quotation_mark_may_have_a_backslash_before_it(tmp_path: Path) -> None:
    _, rows = read(
        tmp_path, 'email,name\nada@example.org,"Ada \\"Ace\\" King"\nben@example.org,Ben\n'
    )
    assert [row.name for row in rows] == ['Ada "Ace" King', "Ben"]


def test_rows_of_only_delimiters_are_blank(tmp_path: Path) -> None:
    _, rows = read(tmp_path, "email,name,note\nada@example.org,Ada,\n,,\n , ,\n,,x\n")
    assert [(row.line, bool(row.problem)) for row in rows] == [(2, False), (5, True)]


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("x" * 140_000, "more than 131,072 characters"),
        (("x" * 1_000 + ",") * 700, "more than 500,000 characters"),
        ("ben@example.org" + "," * 1_200, "1,201 cells, and 1,000 is the most"),
    ],
)
def test_a_cell_a_line_and_a_row_have_a_limit_that_is_said(
    tmp_path: Path, row: str, said: str
) -> None:
    _, rows = read(tmp_path, f"email,name\nada@example.org,Ada\n{row}\ncy@example.org,Cy\n")
    assert [one.address for one in rows if not one.problem] == ["ada@example.org", "cy@example.org"]
    [bad] = [one for one in rows if one.problem]
    assert said in bad.problem
    assert bad.line == 3


def test_a_file_of_too_many_columns_is_refused_with_the_limit(tmp_path: Path) -> None:
    (tmp_path / "list.csv").write_text("email," + ",".join(f"c{n}" for n in range(100_000)))
    with pytest.raises(ListRefused, match="more than 1,000 columns"):
        read_header(tmp_path / "list.csv")


MEASURED = """
import resource, sys
import django; django.setup()
from pathlib import Path
from subscribers.lists.csv_file import open_file
from subscribers.lists.records import ListRefused
def peak():
    [line] = [line for line in Path("/proc/self/status").open() if line.startswith("VmHWM:")]
    return int(line.split()[1]) / 1024
before = peak()
try:
    rows = sum(bool(row.problem) for row in open_file(Path(sys.argv[1])).rows())
except ListRefused as refusal:
    rows = refusal.message
print(peak() - before, rows, sep="|")
"""


@pytest.mark.slow
@pytest.mark.parametrize(
    ("head", "unit", "times", "answer"),
    [
        ("", "a@example.org,", 1_400_000, "more than 500,000 characters"),
        ("email,name\nada@example.org,Ada\n", "x,", 10_000_000, "1"),
        ("email", ",", 100_000, "more than 1,000 columns"),
    ],
)
def test_a_file_of_one_line_needs_no_memory_for_it(
    tmp_path: Path, head: str, unit: str, times: int, answer: str
) -> None:
    path = tmp_path / "list.csv"
    with path.open("w") as file:
        file.write(head)
        for _ in range(times // 100_000):
            file.write(unit * 100_000)
    done = subprocess.run(
        [sys.executable, "-c", MEASURED, str(path)], capture_output=True, text=True, check=True,
        env={**os.environ, "DJANGO_SETTINGS_MODULE": "tests.settings", "PYTHONPATH": os.getcwd()},
    )  # fmt: skip
    megabytes, _, told = done.stdout.strip().rpartition("\n")[2].partition("|")
    assert answer in told
    assert float(megabytes) < 80
