// "Text size, dark mode": light or dark, the size of the text, a simpler view. Kept on this device alone.

const NAMES = ["theme", "size", "view"];
const root = document.documentElement;
const panel = document.querySelector("[data-look]");
const choices = [...panel.querySelectorAll("input")];

function show() {
  for (const choice of choices) {
    const chosen = root.dataset[choice.name] ?? "";
    choice.checked = choice.value === chosen;
  }
}

function take(look) {
  for (const name of NAMES) {
    if (look?.[name]) root.dataset[name] = look[name];
    else delete root.dataset[name];
  }
  show();
}

function choose() {
  const look = {};
  for (const choice of choices) {
    if (choice.checked && choice.value) look[choice.name] = choice.value;
  }
  take(look);
  try {
    if (Object.keys(look).length) localStorage.setItem("look", JSON.stringify(look));
    else localStorage.removeItem("look");
  } catch {
    panel.querySelector("[role=status]").textContent = panel.dataset.forgets;
  }
}

function recall() {
  try {
    take(JSON.parse(localStorage.getItem("look")));
  } catch {
    show(); // nothing may be kept here: what was chosen on this page stays until one leaves it
  }
}

panel.addEventListener("change", choose);
// Chosen in another tab, or on a later page before one came back to this one.
addEventListener("storage", recall);
addEventListener("pageshow", (event) => { if (event.persisted) recall(); });
show();
