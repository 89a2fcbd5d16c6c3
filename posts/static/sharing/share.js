// Copying and the device's share sheet, where the browser has them. The page works without.

const panel = document.querySelector("[data-share]");
const field = document.getElementById("share-link");
const status = panel.querySelector("[role=status]");
const link = field.value;

function say(words) {
  // Emptied first, so that a second press is announced as well.
  status.textContent = "";
  setTimeout(() => { status.textContent = words; }, 50);
}

async function copy() {
  try {
    // Missing on pages without HTTPS; refused in some embedded browsers.
    await navigator.clipboard.writeText(link);
    say(panel.dataset.copied);
  } catch {
    field.focus();
    field.select();
    say(panel.dataset.selected);
  }
}

async function send() {
  try {
    await navigator.share({ title: panel.dataset.title, text: panel.dataset.text, url: link });
  } catch (problem) {
    // Closing the share sheet is an answer, not a problem.
    if (problem.name !== "AbortError") await copy();
  }
}

const copyButton = panel.querySelector("[data-copy]");
copyButton.addEventListener("click", copy);
copyButton.hidden = false;

if (navigator.share) {
  const sendButton = panel.querySelector("[data-send]");
  sendButton.addEventListener("click", send);
  sendButton.hidden = false;
}

field.addEventListener("focus", () => field.select());
