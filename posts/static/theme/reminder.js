// "Remind me": a file for the reader's own calendar (RFC 5545), made here. No server hears of it.

const template = document.getElementById("reminder-box");
const encoder = new TextEncoder();

const utc = (at) => `${at.toISOString().slice(0, 19).replace(/[-:]/g, "")}Z`;
const escaped = (text) => text.replace(/[\\;,]/g, "\\$&").replace(/\r?\n/g, "\\n");

// No line is longer than 75 octets, and no letter is cut in two.
function folded(line) {
  let [out, octets] = ["", 0];
  for (const letter of line) {
    const size = encoder.encode(letter).length;
    if (octets + size > 75) [out, octets] = [`${out}\r\n `, 1];
    out += letter;
    octets += size;
  }
  return `${out}\r\n`;
}

function calendar(days, title, about) {
  const now = new Date();
  // Her own date, as many days on; only `utc` writes it, so it stands at that hour in UTC.
  const then = new Date(Date.UTC(now.getFullYear(), now.getMonth(), now.getDate() + days, 9));
  return [
    "BEGIN:VCALENDAR",
    "VERSION:2.0",
    "PRODID:-//Passalong//Reminder//EN",
    "BEGIN:VEVENT",
    `UID:${crypto.getRandomValues(new Uint32Array(4)).join("-")}`,
    `DTSTAMP:${utc(now)}`,
    `DTSTART:${utc(then).slice(0, -1)}`, // without Z: nine in the morning, wherever she is then
    "DURATION:PT15M",
    `SUMMARY:${escaped(title)}`,
    ...(about ? [`DESCRIPTION:${escaped(about)}`] : []),
    "CLASS:PRIVATE",
    "TRANSP:TRANSPARENT",
    "BEGIN:VALARM",
    "ACTION:DISPLAY",
    `DESCRIPTION:${escaped(title)}`,
    "TRIGGER:PT0S",
    "END:VALARM",
    "END:VEVENT",
    "END:VCALENDAR",
  ].map(folded).join("");
}

function hand(text) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([text], { type: "text/calendar" }));
  link.download = "reminder.ics";
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}

function begin(place, number) {
  const words = place.querySelector(".invite-text").textContent.trim();
  place.append(template.content.cloneNode(true));
  const box = place.querySelector(".own");
  // Radio buttons of two boxes must not push each other out.
  for (const choice of box.querySelectorAll("[type=radio]")) choice.name += number;
  box.querySelector("button").addEventListener("click", () => {
    const days = Number(box.querySelector("[type=radio]:checked").value);
    const title = document.querySelector("h1").textContent;
    hand(box.querySelector("[type=checkbox]").checked
      ? calendar(days, template.dataset.neutral)
      : calendar(days, words, `${title}\n${location.href.split("#")[0]}`));
    box.querySelector("[role=status]").textContent = template.dataset.made;
  });
}

document.querySelectorAll(".invite-try").forEach(begin);
