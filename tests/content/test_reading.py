"""How a text reads: counts and formulas as published, and silence where they would be wrong."""

import pytest

from posts.content.reading import HowItReads, TextPiece, read
from posts.content.words import minutes

EASY = {
    "en": "Some days the kettle is the whole plan. You sit. You wait. The water sings. " * 4,
    "es": "Hoy el té es todo el plan. Te sientas. Esperas. El agua canta un poco. " * 4,
    "fr": "Ce jour, le thé suffit. Tu restes là. Tu attends. Une eau douce chante. " * 4,
    "de": "Heute ist der Tee der ganze Plan. Du sitzt. Du wartest. Das Wasser singt. " * 4,
}
HARD = {
    "en": "Interdisciplinary rehabilitation necessitates continuous individualised re-evaluation "
    "of psychophysiological capacity alongside organisational responsibilities and expectations.",
    "es": "La rehabilitación interdisciplinaria requiere reevaluaciones continuas e "
    "individualizadas de la capacidad psicofisiológica junto a responsabilidades institucionales "
    "y expectativas profesionales extraordinariamente complicadas.",
    "fr": "La réadaptation interdisciplinaire nécessite continuellement une réévaluation "
    "individualisée des capacités psychophysiologiques parallèlement aux responsabilités "
    "institutionnelles et aux sollicitations professionnelles.",
    "de": "Die interdisziplinäre Rehabilitationsbehandlung erfordert kontinuierliche "
    "individualisierte Leistungsbeurteilungen sowie gleichzeitige Berücksichtigung "
    "organisatorischer Verantwortlichkeiten und gesellschaftlicher Erwartungen.",
}


def of(*texts: str, language: str = "en") -> HowItReads:
    return read([TextPiece(text) for text in texts], language)


def test_words_and_minutes_are_those_that_the_letter_says() -> None:
    texts = ["word " * 300, "more " * 120]
    body = [{"type": "paragraph", "value": f"<p>{text}</p>"} for text in texts]
    found = of(*texts)
    assert (found.words, found.minutes) == (420, minutes(body)) == (420, 2)


def test_an_empty_text_takes_no_time() -> None:
    assert of() == HowItReads(0, 0, None)


def test_the_formula_of_flesch_counts_as_published() -> None:
    """Ten words a sentence and one syllable a word: 206.835 - 84.6 - 10.15."""
    found = of("The cat sat on the mat and slept all day. " * 5)
    assert found.ease is not None
    assert found.ease.score == 100  # 112, of at most 100
    assert found.ease.hardest is None
    long_words = "Evening water table open tired quiet garden window paper letter. " * 5
    ease = of(long_words).ease
    assert ease is not None
    assert ease.score == round(206.835 - 84.6 * 19 / 10 - 10.15)  # "tired" has one, "quiet" one


@pytest.mark.parametrize("language", EASY)
def test_in_each_of_our_languages_what_is_easy_is_told_from_what_is_hard(language: str) -> None:
    easy = of(EASY[language], language=language).ease
    both = of(EASY[language], HARD[language], language=language).ease
    assert easy is not None
    assert both is not None
    assert easy.score > 70
    assert easy.hardest is None
    assert both.score < easy.score
    assert both.hardest is not None
    hardest = both.hardest
    assert (hardest.piece, hardest.text) == (1, HARD[language])


def test_the_hardest_sentence_is_named_with_its_place() -> None:
    before = "It is late. "
    found = of(EASY["en"], f"{before}{HARD['en']} Rest now.").ease
    assert found is not None
    assert found.hardest is not None
    assert found.hardest.piece == 1
    assert (found.hardest.start, found.hardest.text) == (len(before), HARD["en"])
    assert found.hardest.end == len(before) + len(HARD["en"])


def test_a_short_sentence_with_a_long_word_is_soon_over() -> None:
    found = of(EASY["en"], "Psychoneuroimmunological rehabilitation.").ease
    assert found is not None
    assert found.hardest is None


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "I asked Dr. Fern, e.g. on Monday, and she said no."),
        ("en", "“Rest!” she said. "),
        ("de", "Am 3. März kam z. B. Frau Dr. Farn zu uns."),
        ("de", "Das gilt u. a. für Tee."),
        ("es", "La Dra. Prado vino el lunes."),
        ("fr", "C’est M. Lefort qui parle."),
    ],
)
def test_a_full_stop_that_shortens_a_word_ends_no_sentence(language: str, text: str) -> None:
    """Cut in two it would be easier than it is."""
    whole = text.replace(".", "").strip() + "."
    dotted, plain = (of(one + " ", EASY[language], language=language).ease for one in (text, whole))
    assert dotted is not None
    assert plain is not None
    assert abs(dotted.score - plain.score) <= 1


def test_headings_are_counted_and_are_no_sentences() -> None:
    easy = of(EASY["en"]).ease
    found = read(
        [TextPiece("Interdisciplinary Considerations", prose=False), TextPiece(EASY["en"])], "en"
    )
    assert easy is not None
    assert found.ease == easy
    assert found.words == len(EASY["en"].split()) + 2


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("it", "Oggi il tè basta. Siediti un poco e aspetta che l’acqua canti. " * 5),
        ("uk", "Сьогодні чай — це весь план. Сядь і почекай трохи. " * 5),
        ("en", "היום התה הוא כל התוכנית. שבי קצת וחכי למים. " * 6),
    ],
)
def test_of_other_languages_and_scripts_it_says_no_ease(language: str, text: str) -> None:
    found = of(text, language=language)
    assert found.ease is None
    assert found.words == len(text.split())


@pytest.mark.parametrize("text", ["今日はお茶だけで十分です。", "วันนี้แค่ชาก็พอ"])
def test_of_scripts_without_spaces_it_counts_nothing(text: str) -> None:
    assert of(text * 9, language="ja") == HowItReads(None, None, None)


def test_of_a_few_words_it_says_no_ease() -> None:
    assert of("Rest is part of the work.").ease is None


@pytest.mark.parametrize("text", [". " * 200, "…!?" * 100, '." ' * 90, "— 12 3. 4. " * 40])
def test_signs_without_words_are_no_text(text: str) -> None:
    assert of(text).ease is None
