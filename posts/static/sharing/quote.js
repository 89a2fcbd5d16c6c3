// Words that a reader marks, drawn as a picture on her device. Nothing of it is sent; the page
// fetches this script when the first words are marked.

const post = document.querySelector("[data-pass-on]");
const template = document.getElementById("quote-box");
const box = template.content.firstElementChild;
const [make, panel] = [box.querySelector("[data-make]"), box.querySelector(".own-panel")];
const canvas = box.querySelector("canvas");
const [give, save] = [box.querySelector("[data-give]"), box.querySelector("[data-save]")];
const [FEWEST, MOST] = [12, 400]; // characters: a few words, or as many as can be read in a picture
const MARGIN = 96;
const WIDTH = canvas.width - 2 * MARGIN;
let words = "";
let picture = null;

// The box stands below the words, so that nothing moves which she reads.
function look() {
  const marked = getSelection();
  const prose = parentOf(marked.focusNode)?.closest(".prose");
  const text = marked.toString().replace(/\s+/g, " ").trim();
  if (!prose || !post.contains(prose) || box.contains(marked.focusNode)) return;
  if (text.length < FEWEST || text.length > MOST || text === words) return;
  words = text;
  close();
  const end = marked.getRangeAt(0).endContainer;
  const last = [...prose.children].findLast((part) => part.contains(end));
  (last ?? prose.lastElementChild).after(box);
}

function parentOf(node) {
  return node instanceof Element ? node : node?.parentElement;
}

function close() {
  panel.hidden = true;
  make.hidden = false;
  if (save.href) URL.revokeObjectURL(save.href);
}

function* lines(pen, text) {
  let line = "";
  for (const word of text.match(/\S+\s*/g)) {
    // A script without spaces, or a word that is wider than the picture, breaks anywhere.
    const wide = pen.measureText(word).width > WIDTH;
    const letters = new Intl.Segmenter(post.closest("[lang]").lang);
    for (const piece of wide ? Array.from(letters.segment(word), (one) => one.segment) : [word]) {
      if (line && pen.measureText((line + piece).trimEnd()).width > WIDTH) {
        yield line.trimEnd();
        line = "";
      }
      line += piece;
    }
  }
  yield line.trimEnd();
}

function draw() {
  const pen = canvas.getContext("2d");
  const look = getComputedStyle(document.documentElement);
  const colour = (name) => look.getPropertyValue(`--${name}`).trim();
  const rightToLeft = getComputedStyle(post).direction === "rtl";
  const from = [template.dataset.from, post.dataset.link.replace(/^https?:\/\//, "")];
  const room = canvas.height - 2 * MARGIN - 130;
  pen.fillStyle = colour("ground");
  pen.fillRect(0, 0, canvas.width, canvas.height);
  pen.textBaseline = "top";
  pen.direction = rightToLeft ? "rtl" : "ltr";
  const start = rightToLeft ? canvas.width - MARGIN : MARGIN;

  function write(text, size, font, ink, top) {
    pen.font = `${size}px ${colour(font)}`;
    pen.fillStyle = colour(ink);
    const [first, ...more] = lines(pen, text);
    pen.fillText(more.length ? `${first} …` : first, start, top, WIDTH);
  }

  let size = 76;
  let broken;
  do {
    size -= 2;
    pen.font = `${size}px ${colour("serif")}`;
    broken = [...lines(pen, words)];
  } while (broken.length * size * 1.45 > room && size > 24);
  const top = MARGIN + Math.max(0, room - broken.length * size * 1.45) / 2;
  broken.forEach((line, at) => write(line, size, "serif", "ink", top + at * size * 1.45));
  const below = canvas.height - MARGIN - 80;
  pen.fillStyle = colour("accent");
  pen.fillRect(rightToLeft ? start - 120 : start, below - 32, 120, 4);
  if (from[0]) write(from[0], 32, "sans", "muted", below);
  write(from[1], 32, "sans", "accent", below + 46);
  canvas.setAttribute("aria-label", words);
}

make.addEventListener("click", () => {
  draw();
  canvas.toBlob((blob) => {
    picture = new File([blob], "picture.png", { type: blob.type });
    save.href = URL.createObjectURL(picture);
    give.hidden = !navigator.canShare?.({ files: [picture] });
    make.hidden = true;
    panel.hidden = false;
    (give.hidden ? save : give).focus();
  });
});

give.addEventListener("click", async () => {
  try {
    await navigator.share({ files: [picture], text: post.dataset.link });
  } catch (problem) {
    // Closing the share sheet is an answer, not a problem. An app that takes none leaves saving.
    if (problem.name !== "AbortError") save.focus();
  }
});

box.querySelector("[data-close]").addEventListener("click", () => {
  close();
  box.remove();
  words = "";
});

document.addEventListener("selectionchange", look);
look();
