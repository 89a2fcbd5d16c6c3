// A sign-up form of ours on another site (see subscribers/embedding.py): its reader stays on that
// page. Whatever goes wrong, the form is sent as it would be without scripts, to our own page.

import { solve } from "./proof.js";

function tidy(form) {
  const status = form.querySelector("[role=status]");
  const field = form.querySelector("input[type=email]");
  const [address, language] = form.action.split("?");
  let solving = null;
  const begin = () => { solving ??= solve(`${address}challenge/`).catch(() => ""); return solving; };

  function say(words, isProblem) {
    status.textContent = words;
    field.setAttribute("aria-invalid", isProblem);
    if (isProblem) field.focus();
  }

  async function send() {
    const body = new URLSearchParams(new FormData(form));
    body.set("proof", await begin());
    solving = null; // each is good for one time
    const answer = await fetch(`${address}embedded/?${language ?? ""}`, {
      method: "POST", body, credentials: "omit", referrerPolicy: "origin",
    });
    return answer.json();
  }

  form.addEventListener("focusin", begin);
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (form.ariaBusy) return;
    form.ariaBusy = "true";
    say(form.dataset.moment, false);
    const told = await send().catch(() => ({ ask: true }));
    form.ariaBusy = null;
    if (told.problem) say(told.problem, true);
    else if (told.ask) form.submit();
    else {
      say(`${told.done}. ${told.more}`, false);
      form.replaceChildren(status);
      status.tabIndex = -1;
      status.focus();
    }
  });
}

// Missing on pages without HTTPS.
if (globalThis.crypto?.subtle) document.querySelectorAll("form[data-passalong]").forEach(tidy);
