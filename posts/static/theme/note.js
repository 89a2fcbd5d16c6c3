// A private note beside an invitation to reflect. It keeps itself in this browser as it is typed; no
// server hears of it. `notes.js` finds it again from the archive.

const words = document.getElementById("note-box").dataset;
const key = `note:${words.post}`;
const place = `note-place:${words.post}`;
const PAUSE = 600; // ms without a key before it is kept

function begin(box) {
  const field = box.querySelector("textarea");
  const erase = box.querySelector("[data-erase]");
  const summary = box.querySelector("summary");
  const on = (name, act) => box.querySelector(`[data-${name}]`).addEventListener("click", act);
  const say = (sentence) => { box.querySelector("[role=status]").textContent = sentence; };

  function kept(act, sentence) {
    try {
      act();
      say(sentence);
    } catch {
      say(words.forgets); // a browser that keeps nothing; what was typed is still there
    }
  }

  function keep() {
    localStorage.setItem(key, field.value);
    const title = document.querySelector("h1").textContent;
    localStorage.setItem(place, JSON.stringify({ title, path: location.pathname }));
  }

  function forget() {
    localStorage.removeItem(key);
    localStorage.removeItem(place);
  }

  // Whether there is one, and not what it says: somebody else may sit here now.
  const name = () => { if (localStorage.getItem(key)) summary.textContent = words.there; };
  kept(name, "");

  box.addEventListener("toggle", () => {
    if (box.open && !field.value) kept(() => { field.value = localStorage.getItem(key); }, "");
  });

  let waiting = 0;
  function now() {
    clearTimeout(waiting);
    waiting = 0;
    if (field.value) kept(keep, words.saved);
    else kept(forget, words.erased);
  }
  field.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(now, PAUSE);
  });
  field.addEventListener("blur", () => { if (waiting) now(); });
  addEventListener("pagehide", () => { if (waiting) now(); });

  on("print", () => {
    const paper = document.createElement("div");
    paper.className = "paper";
    paper.textContent = `${document.querySelector("h1").textContent}\n\n${field.value}`;
    document.body.append(paper);
    addEventListener("afterprint", () => paper.remove(), { once: true });
    print();
  });

  // A trembling hand presses once by mistake; twice is meant.
  const ask = (sure) => { erase.textContent = sure ? words.really : words.erase; };
  erase.addEventListener("blur", () => ask(false));
  on("erase", () => {
    if (erase.textContent !== words.really) return ask(true);
    ask(false);
    field.value = "";
    now();
  });

  // Erased in one tab, it must not stay readable in another.
  addEventListener("storage", (event) => {
    if (event.key === key && event.newValue === null) field.value = "";
  });
}

const invitation = [...document.querySelectorAll(".invite-reflect")].at(-1);
if (invitation) {
  invitation.append(document.getElementById("note-box").content.cloneNode(true));
  begin(invitation.querySelector(".own"));
}
