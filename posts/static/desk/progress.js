// Keeps an open mailing page up to date. Without this file the page still works: it has a link
// to look again, and refreshes itself every ten seconds.

const SHOWN = 2000; // milliseconds between looks while somebody may be looking
const HIDDEN = 20000;

const page = () => document.getElementById("mailing");
const format = new Intl.NumberFormat(document.documentElement.lang, { useGrouping: "always" });

const summaries = (which) => [...page().querySelectorAll(`${which} > summary`)];

function show(news) {
  const root = page();
  for (const name of ["label", "now", "next", "left"]) {
    const place = root.querySelector(`[data-live="${name}"]`);
    // Only what changed: a screen reader announces every write.
    if (place && place.textContent !== news[name]) place.textContent = news[name];
  }
  const bar = root.querySelector('[data-live="percent"]');
  if (bar) bar.value = news.percent;
  for (const [name, number] of Object.entries(news.figures)) {
    const place = root.querySelector(`[data-figure="${name}"]`);
    if (place) place.textContent = format.format(number);
  }
  for (const [state, number] of Object.entries(news.deliveries)) {
    const place = root.querySelector(`[data-count="${state}"]`);
    if (!place) continue; // nobody was to get it yet
    place.textContent = format.format(number);
    root.querySelector(`[data-row="${state}"]`).classList.toggle("desk-none", number === 0);
  }
}

// More than numbers changed (paused, finished, somebody refused): take the whole page anew, but
// not from under somebody who has opened a question; then it comes with a later look.
async function renew() {
  if (page().querySelector(".desk-offer[open]")) return;
  const answer = await fetch(location.href, { headers: { Accept: "text/html" } });
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
  const replacement = fresh.getElementById("mailing");
  if (!answer.ok || !replacement) return;
  const opened = summaries("details[open]").map((summary) => summary.textContent);
  page().replaceWith(replacement);
  for (const summary of summaries("details")) {
    if (opened.includes(summary.textContent)) summary.parentElement.open = true;
  }
}

async function look() {
  const answer = await fetch(page().dataset.progress, { headers: { Accept: "application/json" } });
  if (!answer.ok) return;
  const news = await answer.json();
  show(news);
  if (news.look !== page().dataset.look) await renew();
  page().dataset.moving = String(news.moving || news.look !== page().dataset.look);
}

async function keepLooking() {
  while (page().dataset.moving === "true") {
    await new Promise((wake) => setTimeout(wake, document.hidden ? HIDDEN : SHOWN));
    try {
      await look();
    } catch {
      // The site is restarting or the network is away: the next look will tell.
    }
  }
}

keepLooking();
