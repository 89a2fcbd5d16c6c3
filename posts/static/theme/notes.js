// Where this browser keeps notes (see note.js), so that who wrote one finds it again. The titles of
// letters alone: what the notes say is read where they were written.

const section = document.querySelector("[data-notes]");
const list = section.querySelector("ul");

function places() {
  try {
    return Object.keys(localStorage)
      .filter((key) => key.startsWith("note-place:"))
      .map((key) => JSON.parse(localStorage.getItem(key)));
  } catch {
    return []; // nothing is kept here, or it is not ours
  }
}

for (const place of places()) {
  if (!/^\/[^/]/.test(place?.path)) continue;
  const link = document.createElement("a");
  link.href = place.path;
  link.textContent = place.title;
  const item = document.createElement("li");
  item.append(link);
  list.append(item);
}
section.hidden = !list.children.length;
