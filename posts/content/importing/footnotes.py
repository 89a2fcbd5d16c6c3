"""Notes at the foot of a page, in the forms in which programs write them.

markdown-it, Pandoc, Hugo and WordPress have a list in a section of its own; mammoth a list at the
end; Substack a division for each. Each note stands at the end of a post, and its number, raised, in
the text: a mail has nothing that one could jump to.
"""

import re

from bs4 import Tag

_SECTION = re.compile(r"(?:^|[-_ ])(?:foot|end)notes?(?:$|[-_ ])", re.IGNORECASE)
_NOTE = re.compile(r"(?:fn|footnote|endnote)[:_-]?(?!ref|anchor)[\w-]{0,40}", re.IGNORECASE)
_TO_NOTE = re.compile(r"#(?:fn|footnote|endnote|_ftn|_edn)[:_-]?[\w-]{0,40}", re.IGNORECASE)
_NUMBER = re.compile(r"[\[(]?(?P<number>\d{1,3}|[a-z]|\*{1,3})[\])]?")


def take_footnotes(root: Tag) -> list[Tag]:
    """Take the notes out of a page, in their order, and raise the numbers that lead to them."""
    notes = _in_sections(root) or _in_divisions(root) or _in_last_list(root)
    if notes:
        for link in root.find_all("a", href=_TO_NOTE):
            _raise(link)
    return notes


def _in_sections(root: Tag) -> list[Tag]:
    for section in root.find_all(["section", "div", "ol"], class_=_SECTION):
        entries = section.find_all("li")
        if entries and not section.find_parent(class_=_SECTION):
            before = section.find_previous_sibling()
            if isinstance(before, Tag) and before.name == "hr":
                before.decompose()
            section.extract()
            return [_without_way_back(entry) for entry in entries]
    return []


def _in_divisions(root: Tag) -> list[Tag]:
    found = root.find_all("div", class_=re.compile(r"^footnote$"))
    notes = []
    for division in found:
        content = division.find(class_=re.compile(r"^footnote-content$"))
        if isinstance(content, Tag):
            division.extract()
            notes.append(_without_way_back(content))
    return notes


def _in_last_list(root: Tag) -> list[Tag]:
    lists = root.find_all("ol", recursive=False)
    last = lists[-1] if lists else None
    if not last:
        return []
    entries = last.find_all("li", recursive=False)
    if not entries or not all(_NOTE.fullmatch(str(entry.get("id", ""))) for entry in entries):
        return []
    last.extract()
    return [_without_way_back(entry) for entry in entries]


def _without_way_back(entry: Tag) -> Tag:
    for link in entry.find_all("a", href=True):
        if str(link["href"]).startswith("#") and not any(map(str.isalnum, link.get_text())):
            # Emptied in its place: taking each of many out looks through all before it.
            link.name, link.attrs = "span", {}
            link.clear()
    return entry


def _raise(link: Tag) -> None:
    number = _NUMBER.fullmatch(link.get_text().strip())
    if not number:
        return
    around = link.parent if link.parent and link.parent.name == "sup" else link
    around.name, around.attrs = "sup", {}
    around.string = number["number"]
