// Says how many are in a segment while its conditions are chosen. Without this file the button
// "How many?" says the same.

const QUIET = 500; // milliseconds after the last change
const form = document.getElementById("segment");
const said = document.getElementById("counted");
let waiting = 0;
let asked = null;

async function count() {
  asked?.abort();
  asked = new AbortController();
  const body = new FormData(form);
  body.set("press", "count");
  try {
    const answer = await fetch(location.href, { method: "POST", body, signal: asked.signal });
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    // A condition that is not chosen wholly has no number yet, and is no mistake yet.
    said.replaceChildren(...(answer.ok ? page.getElementById("counted").childNodes : []));
  } catch {
    // Overtaken by a later change, or the network is away: the button asks again.
  }
}

form.addEventListener("change", () => {
  clearTimeout(waiting);
  waiting = setTimeout(count, QUIET);
});
