// Copying, printing and the device's share sheet, where the browser has them. The page works
// without.

const page = document.querySelector("[data-share]");

function say(button, words) {
  const status = button.closest(".share-here, .share-there").querySelector("[role=status]");
  // Emptied first, so that a second press is announced as well.
  status.textContent = "";
  setTimeout(() => { status.textContent = words; }, 50);
}

const labels = new Map();

// Where one pressed, and nowhere else: what was copied before is in the clipboard no more.
function mark(button) {
  for (const [other, label] of labels) other.textContent = label;
  if (!labels.has(button)) labels.set(button, button.textContent);
  button.textContent = page.dataset.copied;
}

async function copy(button, field) {
  try {
    // Missing on pages without HTTPS; refused in some embedded browsers.
    await navigator.clipboard.writeText(field.value);
    mark(button);
    say(button, button.dataset.then ?? page.dataset.then);
  } catch {
    field.focus();
    field.select();
    say(button, page.dataset.selected);
  }
}

async function send(button) {
  const link = document.getElementById("share-link");
  try {
    await navigator.share({ title: page.dataset.title, text: page.dataset.text, url: link.value });
  } catch (problem) {
    // Closing the share sheet is an answer, not a problem.
    if (problem.name !== "AbortError") await copy(button, link);
  }
}

for (const button of page.querySelectorAll("[data-copy]")) {
  const field = document.getElementById(button.dataset.copy);
  button.addEventListener("click", (event) => {
    event.preventDefault(); // one of them is a link to the field
    copy(button, field);
  });
  field.addEventListener("focus", () => field.select());
}

page.querySelector("[data-print]").addEventListener("click", () => print());

for (const place of page.querySelectorAll("[data-scripted]")) place.hidden = false;

if (navigator.share) {
  const button = page.querySelector("[data-send]");
  button.addEventListener("click", () => send(button));
  button.hidden = false;
}
