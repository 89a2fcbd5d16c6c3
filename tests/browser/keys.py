"""A keyboard and nothing else: each stop of Tab is looked at, and every key is counted."""

from dataclasses import dataclass, field

from playwright.sync_api import CDPSession, Locator, Page

# Where the focus is and whether one sees it there: empty, or what is wrong.
_WRONG = """async element => {
    // What shows itself because the focus came has until the next picture to do so.
    await new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)));
    if (element === document.body) return 'nowhere';
    const box = element.getBoundingClientRect();
    if (box.width < 1 || box.height < 1) return 'on something that has no size';
    if (element.tagName === 'IFRAME') return '';
    const x = Math.min(Math.max(box.left + box.width / 2, 0), innerWidth - 1);
    const y = Math.min(Math.max(box.top + box.height / 2, 0), innerHeight - 1);
    const top = document.elementFromPoint(x, y);
    const label = element.labels && [...element.labels].some(one => one.contains(top));
    if (!top) return 'behind the edge';
    if (element.contains(top) || label) return '';
    // What lies over it and shows it all the same hides nothing.
    for (let one = top; one && !one.contains(element); one = one.parentElement)
        if (!/, 0\\)$|^transparent$/.test(getComputedStyle(one).backgroundColor))
            return 'hidden behind ' + one.outerHTML.slice(0, 120);
    return '';
}"""


@dataclass
class Keys:
    """Presses keys on a page and keeps what it met: `stops` of Tab, `pressed` keys that choose,
    `typed` fields, and the faults of each stop."""

    page: Page
    stops: int = 0
    pressed: int = 0
    fields: int = 0
    faults: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._cdp: CDPSession = self.page.context.new_cdp_session(self.page)

    def to(self, wanted: Locator, *, back: bool = False, most: int = 90) -> None:
        """Tab on until the focus is on `wanted`."""
        met: list[str] = []
        wanted.first.wait_for()
        self.page.wait_for_load_state()
        for _ in range(most):
            if wanted.count() and wanted.first.evaluate("one => one === document.activeElement"):
                return
            self.page.keyboard.press("Shift+Tab" if back else "Tab")
            self.stops += 1
            met.append(self._look())
        raise AssertionError(f"{wanted} is not reached, but {met}")

    def skip(self) -> None:
        """Over the menu, by the link that is there for it."""
        self.page.wait_for_load_state()
        self.choose(self.page.get_by_role("link", name="Skip to main content"))

    def press(self, key: str) -> None:
        self.page.keyboard.press(key)
        self.pressed += 1

    def choose(self, wanted: Locator, *, key: str = "Enter") -> None:
        self.to(wanted)
        self.press(key)

    def fill(self, wanted: Locator, text: str) -> None:
        """Type into a field; what Tab found in it is selected, and gives way."""
        self.to(wanted)
        self.page.keyboard.press("ControlOrMeta+a")
        self.page.keyboard.type(text)
        self.fields += 1

    def _look(self) -> str:
        held = self._cdp.send("Runtime.evaluate", {"expression": "document.activeElement"})
        thing = held["result"]["objectId"]
        tree = self._cdp.send(
            "Accessibility.getPartialAXTree", {"objectId": thing, "fetchRelatives": False}
        )
        node = tree["nodes"][0]
        name = node.get("name", {}).get("value", "")
        role = node.get("role", {}).get("value", "")
        wrong = self.page.evaluate(f"({_WRONG})(document.activeElement)")
        if not name and role not in ("none", "Iframe", "RootWebArea", "main"):
            wrong = f"{wrong} unnamed"
        if wrong:
            html = self.page.evaluate("document.activeElement.outerHTML.slice(0, 160)")
            self.faults.append(f"{self.page.url}: {role} “{name}” {wrong}: {html}")
        return f"{role} {name}"
