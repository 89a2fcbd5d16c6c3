// Shows a page as the form has it, by day and by night, while one chooses.
const form = document.querySelector("#look");
const frames = [...document.querySelectorAll("iframe.desk-preview")];
const address = frames[0].src.split("?")[0];
let soon = 0;

for (const frame of frames) {
  const dress = () => {
    const root = frame.contentDocument?.documentElement;
    if (root) root.dataset.theme = frame.dataset.theme;
  };
  frame.addEventListener("load", dress);
  dress();
}

form.addEventListener("input", ({ target }) => {
  if (target.name === "accent") form.querySelector("[name=preset][value=own]").checked = true;
  clearTimeout(soon);
  soon = setTimeout(() => {
    const chosen = new FormData(form);
    const accent = chosen.get("preset") === "own" ? chosen.get("accent") : chosen.get("preset");
    const asked = new URLSearchParams({ accent, tagline: chosen.get("tagline") });
    for (const frame of frames) frame.src = `${address}?${asked}`;
  }, 150);
});
