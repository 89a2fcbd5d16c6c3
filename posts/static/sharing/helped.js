// "This helped me" in place. Without scripts the form leads to a page that thanks.

const form = document.querySelector("[data-helped]");
const button = form.querySelector("button");
const status = form.querySelector("[role=status]");
// In this tab alone, until it is closed: enough for a reader who wonders whether she pressed, and
// nothing stays behind on a device that others use.
const key = `helped:${form.getAttribute("action")}`;

function pressed() {
  try {
    return sessionStorage.getItem(key) !== null;
  } catch {
    return false; // a browser that keeps nothing at all
  }
}

function remember() {
  try {
    sessionStorage.setItem(key, "1");
  } catch {
    // The same: then she may press again.
  }
}

function thank() {
  // Not `disabled`: that would take the focus away from who presses by keyboard.
  button.setAttribute("aria-disabled", "true");
  button.dataset.done = "";
  status.textContent = form.dataset.thanks;
}

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  if (button.hasAttribute("aria-disabled")) return;
  button.setAttribute("aria-disabled", "true");
  try {
    // The answer is a redirect to the page that thanks, which nobody needs here. The body is that
    // of an empty form.
    const answer = await fetch(form.action, {
      method: "POST",
      body: new URLSearchParams(),
      redirect: "manual",
    });
    if (answer.type !== "opaqueredirect") throw new Error(`answered ${answer.status}`);
    remember();
    thank();
  } catch {
    button.removeAttribute("aria-disabled");
    status.textContent = form.dataset.trouble;
  }
});

if (pressed()) thank();
