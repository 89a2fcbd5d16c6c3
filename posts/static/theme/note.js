// A private note beside an invitation to reflect, kept in this browser. No server hears of it.

const words = document.getElementById("note-box").dataset;
const key = `note:${words.post}`;
const place = `note-place:${words.post}`;

function begin(box) {
  const field = box.querySelector("textarea");
  const erase = box.querySelector("[data-erase]");
  const on = (name, act) => box.querySelector(`[data-${name}]`).addEventListener("click", act);
  const status = box.querySelector("[role=status]");
  const title = document.querySelector("h1").textContent;

  const say = (words) => { if (status.textContent !== words) status.textContent = words; };

  function kept(act, sentence) {
    try {
      act();
      say(sentence);
    } catch {
      say(words.forgets); // nothing is kept here; what was typed still stands
    }
  }

  function keep() {
    localStorage.setItem(key, field.value);
    localStorage.setItem(place, JSON.stringify({ title, path: location.pathname }));
  }

  const forget = () => [key, place].forEach((name) => localStorage.removeItem(name));

  // That there is one, not what it says: others may sit here now.
  kept(() => {
    if (localStorage.getItem(key)) box.querySelector("summary").textContent = words.there;
  }, "");

  box.addEventListener("toggle", () => {
    if (box.open && !field.value) kept(() => { field.value = localStorage.getItem(key); }, "");
  });

  const now = () => (field.value ? kept(keep, words.saved) : kept(forget, words.erased));
  field.addEventListener("input", now);

  on("print", () => {
    const paper = document.createElement("div");
    paper.className = "paper";
    paper.textContent = `${title}\n\n${field.value}`;
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
