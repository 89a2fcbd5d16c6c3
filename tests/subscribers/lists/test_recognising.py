"""A list is understood to the last value of its last row, or there is a question."""

import csv
import tracemalloc
from pathlib import Path

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from subscribers.lists import statuses, survey
from subscribers.lists.csv_file import SubscriberFile, open_file
from subscribers.lists.mapping import ColumnMapping
from subscribers.lists.recognising import Column
from subscribers.lists.records import ListRefused


def opened(
    folder: Path, text: str, *, name: str = "list.csv", mapping: ColumnMapping | None = None
) -> SubscriberFile:
    path = folder / name
    path.write_text(text.replace("@", "@a.example"))
    return open_file(path, mapping=mapping or ColumnMapping())


def asked(file: SubscriberFile) -> dict[str, list[str]]:
    """The values that nobody can explain, by the names of their columns."""
    return {one.name: [value.shown for value in one.open] for one in file.questions.columns}


def column(file: SubscriberFile, name: str) -> Column:
    return next(one for one in file.fields if one.name == name)


def status(file: SubscriberFile) -> list[str]:
    return [row.more.status if row.more else "nothing" for row in file.rows()]


def test_an_unanswered_question_lets_no_row_out(tmp_path: Path) -> None:
    file = opened(tmp_path, "email,status\niris@,active\nolaf@,weird\n")
    assert asked(file) == {"status": ["weird"]}
    with pytest.raises(ListRefused, match="weird"):
        next(file.rows())


def test_the_last_of_many_rows_is_looked_at(tmp_path: Path) -> None:
    rows = "".join(f"p{n}@,active,x{n}\n" for n in range(2_500))
    file = opened(tmp_path, f"email,status,note\n{rows}q@,odd,she opted out\n")
    assert asked(file) == {"status": ["odd"], "note": ["she opted out"]}


def test_an_answer_holds_for_all_rows(tmp_path: Path) -> None:
    text = "email,status\niris@,Weird\nolaf@, weird \nruth@,active\n"
    file = opened(tmp_path, text).answered(ColumnMapping(values={2: {"weird": "complained"}}))
    assert status(file) == ["complained", "complained", "active"]


def test_values_are_counted_and_the_most_frequent_comes_first(tmp_path: Path) -> None:
    file = opened(tmp_path, "email,status\na@,ashore\nb@,Afloat\nc@,afloat\n")
    [found] = file.questions.columns
    assert [(value.shown, value.count) for value in found.open] == [("Afloat", 2), ("ashore", 1)]


def test_rows_without_an_address_ask_nothing(tmp_path: Path) -> None:
    file = opened(tmp_path, "email,status\niris@,active\n,\n,nonsense\n")
    assert not file.questions


def test_a_status_that_is_missing_is_asked_about(tmp_path: Path) -> None:
    file = opened(tmp_path, "email,status\niris@,active\nolaf@,\nruth@\n")
    assert [(v.shown, v.count) for v in file.questions.columns[0].open] == [("", 2)]
    answered = file.answered(ColumnMapping(values={2: {"": "pending"}}))
    assert status(answered) == ["active", "pending", "pending"]


def test_beside_a_status_for_each_a_date_may_be_missing(tmp_path: Path) -> None:
    text = "email,status,opt-in date\niris@,active,2020-01-01\nolaf@,active,\n"
    assert not opened(tmp_path, text).questions
    assert asked(opened(tmp_path, text.replace("status", "town"))) == {"opt-in date": [""]}


@pytest.mark.parametrize("name", ["State", "Type", "Group"])
def test_what_stands_there_decides_about_names_that_may_mean_anything(
    tmp_path: Path, name: str
) -> None:
    assert not opened(tmp_path, f"email,{name}\niris@,Ohio\nolaf@,Utah\n").questions
    file = opened(tmp_path, f"email,{name}\niris@,Active\nolaf@,Unsubscribed\n")
    assert status(file) == ["active", "unsubscribed"]
    file = opened(tmp_path, f"email,{name}\niris@,Active\nolaf@,Lapsing\n")
    assert asked(file) == {name: ["Lapsing"]}
    assert asked(opened(tmp_path, f"email,{name}\niris@,c\nolaf@,u\n")) == {name: ["c", "u"]}


def test_a_person_is_not_judged_by_her_name(tmp_path: Path) -> None:
    file = opened(tmp_path, "email,first name,last name\niris@,Unsubscribed,Bounced\n")
    assert status(file) == ["nothing"]


def test_yes_and_no_about_something_else_ask_nothing(tmp_path: Path) -> None:
    file = opened(tmp_path, "email,VIP,Country,Paid,SMS consent\niris@,yes,NO,false,no\n")
    assert not file.questions


def test_cells_behind_the_last_name_are_looked_at(tmp_path: Path) -> None:
    file = opened(tmp_path, "email,name\niris@,Iris,,\nolaf@,Olaf,,opted out\n")
    assert [one.number for one in file.questions.columns] == [4]
    assert not opened(tmp_path, "email,name\niris@,Iris,,\nolaf@,Holt, Olaf\n").questions


def test_columns_of_one_name_are_both_looked_at(tmp_path: Path) -> None:
    file = opened(tmp_path, "email,status,status\niris@,active,active\nolaf@,active,cleaned\n")
    assert status(file) == ["active", "bounced"]


def test_more_values_than_can_be_shown_are_answered_together(tmp_path: Path) -> None:
    rows = "".join(f"p{n}@,mood {n}\n" for n in range(survey.MOST_VALUES + 5))
    file = opened(tmp_path, f"email,status\n{rows}q@,active\n")
    [found] = file.questions.columns
    assert len(found.values) == survey.MOST_VALUES + 1
    assert (found.values[-1].key, found.values[-1].count) == ("(others)", 6)
    answered = file.answered(ColumnMapping(values={2: {"(others)": "unsubscribed"}}))
    assert set(status(answered)) == {"unsubscribed", "active"}


def test_more_notes_about_leaving_than_can_be_shown_are_answered_together(tmp_path: Path) -> None:
    most = survey.MOST_VALUES + 5
    rows = "".join(f"p{n}@,opted out on day {n}\n" for n in range(most))
    others = "".join(f"q{n}@,knits {n}\n" for n in range(survey.MOST_AT_ONCE))
    file = opened(tmp_path, f"email,note\n{others}{rows}")
    [found] = file.questions.columns
    assert found.values[-1].key == "(others)"
    answers = {value.key: "unsubscribed" for value in found.values}
    answered = file.answered(ColumnMapping(values={2: answers}))
    assert status(answered).count("unsubscribed") == most


def test_the_graver_of_two_tags_counts(tmp_path: Path) -> None:
    file = opened(tmp_path, 'email,tags\niris@,"fair, spam, cleaned"\nolaf@,fair\n')
    assert asked(file) == {"tags": ["cleaned", "spam"]}
    answered = file.answered(
        ColumnMapping(values={2: {"spam": "complained", "cleaned": "bounced"}})
    )
    assert status(answered) == ["complained", "nothing"]


def test_a_file_named_after_who_left_asks_unless_each_row_says_it(tmp_path: Path) -> None:
    plain = "email,name\niris@,Iris\n"
    assert opened(tmp_path, plain, name="Bounces.csv").questions.everybody == "Bounces"
    dated = "email,bounced at\niris@,2020-01-01\n"
    assert not opened(tmp_path, dated, name="Bounces.csv").questions
    some = "email,bounced at\niris@,2020-01-01\nolaf@,\n"
    assert opened(tmp_path, some, name="Bounces.csv").questions.everybody
    worded = "email,status\niris@,active\nolaf@,bounced\n"
    assert not opened(tmp_path, worded, name="Bounces.csv").questions
    answer = ColumnMapping(everybody="bounced")
    assert status(opened(tmp_path, plain, name="Bounces.csv", mapping=answer)) == ["bounced"]


def test_addresses_under_a_name_that_speaks_of_leaving_are_asked_about(tmp_path: Path) -> None:
    file = opened(tmp_path, "Unsubscribed addresses\niris@\nolaf@\n")
    assert file.questions.everybody == "Unsubscribed addresses"


def test_the_file_of_rejects_is_not_asked_about_our_own_reasons(tmp_path: Path) -> None:
    text = "reason,line,email\nHer mail bounced and she unsubscribed,3,iris@\n"
    assert not opened(tmp_path, text).questions


def test_quotes_that_never_close_hide_nothing(tmp_path: Path) -> None:
    rows = "".join(f"p{n}@,active\n" for n in range(300))
    text = f'email,status\niris@,"active\n{rows}olaf@,odd\n{rows}ruth@,"\n'
    assert asked(opened(tmp_path, text)) == {"status": ["odd"]}


def test_what_a_person_says_that_a_column_holds_comes_first(tmp_path: Path) -> None:
    text = "Where,Who,Since then,Left?\niris@,Iris,2020-01-02,yes\nolaf@,Olaf,,no\n"
    roles = {2: "name", 3: "since", 4: "agreed"}
    file = opened(tmp_path, text, mapping=ColumnMapping(roles=roles))
    assert status(file) == ["active", "unsubscribed"]
    assert [row.name for row in file.rows()] == ["Iris", "Olaf"]
    assert [row.more.created_at is not None for row in file.rows() if row.more] == [True, False]
    assert column(file, "Where").role == "email"


def test_answers_survive_as_json() -> None:
    answers = ColumnMapping({2: "status"}, {3: {"": "pending", "x": "skip"}}, "bounced")
    assert ColumnMapping.from_json(answers.as_json()) == answers
    assert ColumnMapping.from_json({}) == ColumnMapping()


LEFT_WORDS = sorted(word for word, said in statuses.WORDS.items() if said in statuses.LEFT)
CLEAR_WORDS = [word for word in LEFT_WORDS if statuses.means_everywhere(word)]
COLUMN_NAMES = st.sampled_from(["Status", "opt-in", "Bounced", "Consent", "Abgemeldet", "state"])


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(COLUMN_NAMES, st.sampled_from(LEFT_WORDS), st.sampled_from(["active", "yes", "", "no"]))
def test_whatever_word_says_that_she_left_nobody_mails_her(
    tmp_path: Path, name: str, word: str, other: str
) -> None:
    file = opened(tmp_path, f"email,{name}\niris@,{word}\nolaf@,{other}\n")
    assert file.questions or status(file)[0] in statuses.LEFT


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.text("abcdefgh_ -", max_size=12), st.sampled_from(CLEAR_WORDS))
def test_a_clear_word_is_noticed_under_any_name(tmp_path: Path, name: str, word: str) -> None:
    path = tmp_path / "list.csv"
    with path.open("w", newline="") as file:
        csv.writer(file).writerows([["email", f"{name}"], ["iris@a.example", word]])
    found = open_file(path)
    assume(found.fields[1].role not in ("name", "first", "last"))  # "ad" is one, in Turkish
    assert found.questions or status(found)[0] in statuses.LEFT


def test_memory_does_not_grow_with_the_rows(tmp_path: Path) -> None:
    def most(rows: int) -> int:
        text = "".join(f"p{n}@,note {n} {'x' * 60},{n},2020-01-01 {n}\n" for n in range(rows))
        path = tmp_path / "long.csv"
        path.write_text("email,note,opt-in id,consent date\n" + text)
        del text
        tracemalloc.start()
        open_file(path)
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return peak

    most(100)  # what is made once
    assert most(30_000) < 1.5 * most(6_000)
