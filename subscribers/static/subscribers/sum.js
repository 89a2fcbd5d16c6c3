// Fetches the sum of `proof.js` when somebody begins to fill a form in: most readers only read.

function fetchWhenNeeded(form) {
  let fetching = null;
  let prepared = false;

  function prepare() {
    fetching ??= import("./proof.js")
      .then((sum) => sum.prepare(form))
      // The sign-up works without, so a reader need not hear of it; whoever looks for it does.
      .catch((problem) => console.warn("No proof of work:", problem))
      .finally(() => { prepared = true; });
    return fetching;
  }

  form.addEventListener("focusin", prepare);
  // Pressed before it was there, by a browser that filled the form in by itself.
  form.addEventListener("submit", async (event) => {
    if (prepared) return;
    event.preventDefault();
    await prepare();
    form.requestSubmit(event.submitter);
  });
}

// Missing on pages without HTTPS.
if (globalThis.crypto?.subtle) document.querySelectorAll("form[data-proof]").forEach(fetchWhenNeeded);
