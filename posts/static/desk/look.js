// Shows a page as the form has it, by day and by night, while one chooses. Forms come and go on the
// settings screen, so the document listens.
const shown = "iframe.desk-preview";
let soon = 0;

function dress(frame) {
  const root = frame.contentDocument?.documentElement;
  if (root) root.dataset.theme = frame.dataset.theme;
}

document.addEventListener("load", ({ target }) => target.matches?.(shown) && dress(target), true);
for (const frame of document.querySelectorAll(shown)) dress(frame);

document.addEventListener("input", ({ target }) => {
  const form = target.closest("form[data-look]");
  if (!form) return;
  if (target.name === "accent") form.querySelector("[name=preset][value=own]").checked = true;
  clearTimeout(soon);
  soon = setTimeout(() => {
    const chosen = new FormData(form);
    const accent = chosen.get("preset") === "own" ? chosen.get("accent") : chosen.get("preset");
    const asked = new URLSearchParams({ accent, tagline: chosen.get("tagline") });
    for (const frame of document.querySelectorAll(shown)) frame.src = `${frame.src.split("?")[0]}?${asked}`;
  }, 150);
});
