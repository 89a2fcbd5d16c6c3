from posts.content.importing import read_post, summary
from tests.content.importing.making import TEXTS


def test_the_summary_counts_what_was_recognised() -> None:
    assert summary(read_post(TEXTS / "saying_no.txt").blocks) == (
        "3 headings, 7 paragraphs, 1 quote of 2 lines, 2 named reasons, 2 lists of 6 entries, "
        "1 invitation of 3 items, 1 divider, 1 signature"
    )


def test_the_post_holds_it_as_one_text_with_cards_between() -> None:
    post = read_post(TEXTS / "saying_no.txt")
    kinds = [block["type"] for block in post.body]
    assert kinds == [
        *("quote", "paragraph", "reasons", "paragraph", "invitation", "sign_off", "paragraph")
    ]
