// Saves a part of the settings where it stands, and leaves alone what is typed in the others.
import { offerPasskeys } from "./passkey.js";

const page = document.querySelector(".desk-settings");
const partOf = (form) => form.closest(".desk-setting");

function openNamed() {
  const part = document.getElementById(location.hash.slice(1));
  if (part?.matches(".desk-setting")) part.open = true;
}

function say(part, level, text) {
  const said = part.querySelector(".desk-setting__said");
  if (text) {
    const words = Object.assign(document.createElement("p"), { textContent: text });
    words.className = `desk-say desk-say--${level}`;
    said.replaceChildren(words);
  }
  const first = part.querySelector("[role=alert]") ?? said;
  first.tabIndex = -1;
  first.focus();
  first.scrollIntoView({ block: "center" });
}

function put(part, saved) {
  const now = document.adoptNode(saved);
  now.open = true;
  part.replaceWith(now);
  say(now);
}

// Asks who she is in a window over the settings, and goes on from there.
function ask(part, asked) {
  const dialog = document.createElement("dialog");
  dialog.className = "desk-page desk-asked";
  dialog.setAttribute("aria-labelledby", "again-heading");
  const never = Object.assign(document.createElement("button"), {
    type: "button", className: "button button-secondary", textContent: page.dataset.close,
  });
  never.addEventListener("click", () => dialog.close());
  dialog.append(document.adoptNode(asked), never);
  dialog.addEventListener("submit", (event) => {
    if (event.defaultPrevented) return; // the passkey is asked for first
    event.preventDefault();
    dialog.close("answered");
    send(part, event.target);
  });
  dialog.addEventListener("close", () => {
    dialog.remove();
    if (dialog.returnValue !== "answered") part.querySelector("form [type=submit]").focus();
  });
  document.body.append(dialog);
  offerPasskeys(dialog);
  dialog.showModal();
}

async function send(part, form) {
  const body = new URLSearchParams(new FormData(form));
  part.inert = true;
  try {
    const answer = await fetch(form.getAttribute("action"), { method: "POST", body });
    const next = new DOMParser().parseFromString(await answer.text(), "text/html");
    const saved = next.getElementById(part.id);
    const asked = next.querySelector("[data-again]");
    part.inert = false;
    if (saved) put(part, saved);
    else if (asked) ask(part, asked);
    else say(part, "error", page.dataset.failed);
  } catch {
    part.inert = false;
    say(part, "error", page.dataset.failed);
  }
}

page.addEventListener("submit", (event) => {
  const part = partOf(event.target);
  if (!part) return;
  event.preventDefault();
  send(part, event.target);
});
page.addEventListener("input", ({ target }) => {
  const part = target.form && partOf(target.form);
  if (part) part.dataset.typed = "";
});
addEventListener("beforeunload", (event) => {
  if (page.querySelector("[data-typed]")) event.preventDefault();
});
addEventListener("hashchange", openNamed);
openNamed();
