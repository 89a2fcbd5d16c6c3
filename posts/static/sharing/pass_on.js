// "Pass this on" opens the device's own share sheet at once, where it has one. Elsewhere, and without
// scripts, it leads to the page with all ways.

const post = document.querySelector("[data-pass-on]");
const page = new URL(post.dataset.passOn).pathname;

async function send(event) {
  const link = event.currentTarget;
  if (event.ctrlKey || event.metaKey || event.shiftKey) return; // she wants the page in a new tab
  event.preventDefault();
  const { title, text } = post.dataset;
  try {
    await navigator.share({ title, text, url: post.dataset.link + (link.dataset.part ?? "") });
  } catch (problem) {
    // Closing the share sheet is an answer, not a problem.
    if (problem.name !== "AbortError") location.assign(link.href);
  }
}

if (navigator.share) {
  for (const link of post.querySelectorAll("a[href]")) {
    if (link.pathname !== page) continue;
    if ("otherWays" in link.dataset) link.hidden = false;
    else link.addEventListener("click", send);
  }
}

// Words that she marks can be passed on as a picture: what makes it is fetched when she does.
function marked() {
  if (getSelection().isCollapsed) return;
  document.removeEventListener("selectionchange", marked);
  import("./quote.js");
}

document.addEventListener("selectionchange", marked);
for (const hint of post.querySelectorAll("[data-scripted]")) hint.hidden = false;
