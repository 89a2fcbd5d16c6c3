"""What only programs understand goes, and is named; what a writer meant stays."""

from pathlib import Path
from typing import Any

import pytest

from tests.content.importing.making import imported, kinds, paragraphs, values


def _post(folder: Path, text: str) -> Any:
    return imported(folder, f"# Soup\n\n{text}\n", name="soup.md")


@pytest.mark.parametrize(
    ("text", "kept", "named"),
    [
        ("{{< note >}}\nHot.\n{{< /note >}}", "Hot.", "{{< note >}}"),
        ("{% raw %}Hot.{% endraw %}", "Hot.", "{% raw %}"),
        ("Hot [[Soup|as ever]].", "Hot as ever.", "Soup"),
        ("Hot. %% not this %%", "Hot.", "not this"),
        ("Hot.\n{: .lead }", "Hot.", ".lead"),
        ("[Hot]{.small}.", "Hot.", ""),
        ("import A from 'a'\n\n<Box tone=\"calm\">Hot.</Box>", "Hot.", "<Box"),
        ("==Hot==.", "Hot.", ""),
        ("<!-- a note -->Hot.", "Hot.", ""),
    ],
)
def test_marks_of_programs_go_and_words_stay(
    tmp_path: Path, text: str, kept: str, named: str
) -> None:
    post = _post(tmp_path, text)
    assert paragraphs(post) == [kept]
    assert named in " ".join(post.losses)


def test_code_keeps_them_and_its_indentation(tmp_path: Path) -> None:
    post = _post(tmp_path, "```\nif {{ x }}:\n    %% y %%\n```")
    assert paragraphs(post) == ["if {{ x }}:<br/>\xa0\xa0\xa0 %% y %%"]
    assert post.losses == ()


def test_what_is_struck_out_or_raised_keeps_its_meaning(tmp_path: Path) -> None:
    post = _post(tmp_path, "~~Two~~ one of 10^3^ with H~2~O.\n\n## ~~Old~~ new\n\n> 10^3^ times")
    assert paragraphs(post) == [
        "<s>Two</s> one of 10<sup>3</sup> with H₂O.",
        "<b><s>Old</s> new</b>",
    ]
    assert values(post, "quote")[0]["lines"] == ["10³ times"]


def test_notes_stand_at_the_end_and_none_is_lost(tmp_path: Path) -> None:
    post = _post(tmp_path, "Hot.[^a]\n\n[^b]: Nobody asked.\n\nWarmly,\nKim\n\n[^a]: Very.")
    assert paragraphs(post) == ["Hot.<sup>1</sup>", "Nobody asked."]
    assert kinds(post)[-2:] == ["divider", "list"]
    assert values(post, "list")[0] == {"style": "numbered", "entries": ["Very."]}


def test_things_to_do_show_whether_they_are_done(tmp_path: Path) -> None:
    post = _post(tmp_path, "- [x] stir\n- [ ] wait")
    assert values(post, "list")[0]["entries"] == ["☑ stir", "☐ wait"]
