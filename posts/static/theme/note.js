// A private note beside an invitation to reflect. It is kept in this browser; no server hears of it.

const words = document.getElementById("note-box").dataset;
const key = `note:${words.post}`;

function begin(box) {
  const field = box.querySelector("textarea");
  const erase = box.querySelector("[data-erase]");
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

  box.addEventListener("toggle", () => {
    if (box.open && !field.value) kept(() => { field.value = localStorage.getItem(key); }, "");
  });

  on("save", () => kept(() => localStorage.setItem(key, field.value), words.saved));

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
    kept(() => localStorage.removeItem(key), words.erased);
  });

  // Erased in one tab, it must not stay readable in another.
  addEventListener("storage", (event) => {
    if (event.key === key && event.newValue === null) field.value = "";
  });
}

const place = [...document.querySelectorAll(".invite-reflect")].at(-1);
if (place) {
  place.append(document.getElementById("note-box").content.cloneNode(true));
  begin(place.querySelector(".own"));
}
