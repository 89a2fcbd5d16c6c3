/* Help beside a letter, while the panel is open: the text in the editor goes to the site, which says
   how it reads and where to look. Each place leads back into the text. */

const panel = document.querySelector('[data-side-panel="checks"]');
const help = panel?.querySelector('[data-writing-help]');
const form = document.querySelector('[data-edit-form]');
const PAUSE = 900; // milliseconds after the last key
const LOOK_AGAIN = [4, 8, 15, 30, 60]; // seconds, while links are being looked at
const FIELDS = 'input:not([type="radio"], [type="checkbox"]), textarea';
// What is no word of the letter, as in posts/content/words.py.
const NOT_WORDS = /-(url|alt_text|kind|level|style|decorative|id|type|order|deleted)$/;

let places = []; // where each piece of the text stands
let linkPlaces = []; // and each link
let said = ''; // what was sent last
let timer;
let again;
let waits = 0;

function isDeleted(field) {
  let block = field.parentElement?.closest('[data-streamfield-child], [data-streamfield-list-child]');
  for (; block; block = block.parentElement?.closest('[data-streamfield-child]')) {
    if (block.querySelector(':scope > input[name$="-deleted"]')?.value) return true;
  }
  return false;
}

/** Without what is struck out, which is no longer said; all else keeps its place. */
function textOf(block) {
  let text = block.getText();
  const isStruck = (one) => one.hasStyle('STRIKETHROUGH');
  block.findStyleRanges(isStruck, (start, end) => {
    text = text.slice(0, start) + ' '.repeat(end - start) + text.slice(end);
  });
  return text;
}

function linksOf(content, block, lead) {
  const links = [];
  block.findEntityRanges((one) => one.getEntity() !== null, (start, end) => {
    const { url } = content.getEntity(block.getEntityAt(start)).getData();
    if (/^https?:/.test(url ?? '')) links.push([url, lead(start, end)]);
  });
  return links;
}

/** Everything that is said in the letter, in its order, and the links in it. */
function written() {
  const pieces = [];
  const links = new Map();
  places = [];
  for (const field of form.querySelectorAll(`.letter :is(${FIELDS})`)) {
    const editor = field.draftailEditor;
    if ((!editor && !field.name) || isDeleted(field)) continue;
    if (editor) {
      const content = editor.getEditorState().getCurrentContent();
      for (const block of content.getBlocksAsArray()) {
        const lead = (start, end) => () => toText(editor, block.getKey(), start, end);
        for (const [url, place] of linksOf(content, block, lead)) if (!links.has(url)) links.set(url, place);
        if (block.getType() !== 'atomic' && block.getText().trim()) {
          pieces.push([textOf(block), !block.getType().startsWith('header')]);
          places.push({ text: block.getText(), lead });
        }
      }
    } else if (/-url$/.test(field.name)) {
      if (/^https?:/.test(field.value) && !links.has(field.value)) {
        links.set(field.value, () => toField(field, 0, field.value.length));
      }
    } else if (!NOT_WORDS.test(field.name) && field.value.trim()) {
      pieces.push([field.value, field.localName === 'textarea']);
      places.push({ text: field.value, lead: (start, end) => () => toField(field, start, end) });
    }
  }
  linkPlaces = [...links.values()];
  return { pieces, links: [...links.keys()] };
}

function toText(editor, key, start, end) {
  const { EditorState, SelectionState } = window.DraftJS;
  const range = { anchorOffset: start, focusOffset: end, hasFocus: true };
  const selection = SelectionState.createEmpty(key).merge(range);
  editor.onChange(EditorState.forceSelection(editor.getEditorState(), selection));
  const line = form.querySelector(`[data-offset-key^="${CSS.escape(key)}-"]`);
  line?.scrollIntoView({ block: 'center' });
}

function toField(field, start, end) {
  field.focus();
  field.setSelectionRange?.(start, end);
  field.scrollIntoView({ block: 'center' });
}

/** The site counts characters, the browser halves of some of them. */
function inBrowser(text, at) {
  return [...text].slice(0, Number(at)).join('').length;
}

/** To a place in the text. On a phone the panel lies over it, and makes room. */
function leadTo({ piece, start, end, link }) {
  document.querySelector('a[role="tab"][href="#tab-content"]')?.click();
  const side = panel.closest('[data-form-side]');
  if (side.getBoundingClientRect().left < 100) {
    side.querySelector('[data-form-side-close-button]').click();
  }
  if (link !== undefined) linkPlaces[link]?.();
  else {
    const place = places[piece];
    place?.lead(inBrowser(place.text, start), inBrowser(place.text, end))();
  }
}

async function ask({ anew = false } = {}) {
  clearTimeout(timer);
  clearTimeout(again);
  if (panel.hidden) return;
  const text = written();
  const post = location.pathname.match(/\/pages\/(\d+)\/edit/)?.[1] ?? null;
  const language = form.querySelector('[name="language"]')?.value ?? '';
  const body = JSON.stringify({ ...text, language, post: post && Number(post) });
  if (body === said && !anew) return;
  if (body !== said) waits = 0;
  said = body;
  const headers = { 'Content-Type': 'application/json', 'X-CSRFToken': window.wagtailConfig.CSRF_TOKEN };
  const options = { method: 'POST', body, headers, redirect: 'error' };
  const answer = await fetch(help.dataset.writingHelp, options).catch(() => undefined);
  if (!answer?.ok || body !== said) return; // what was said before stays; the text is saved by others
  show(await answer.text());
}

function show(html) {
  const room = help.querySelector('[data-writing-said]');
  const focused = [...room.querySelectorAll('button')].indexOf(document.activeElement);
  room.innerHTML = html;
  room.querySelectorAll('button')[focused]?.focus();
  if (room.querySelector('[data-unknown]') && waits < LOOK_AGAIN.length) {
    again = setTimeout(() => ask({ anew: true }), LOOK_AGAIN[waits] * 1000);
    waits += 1;
  }
}

function soon() {
  if (panel.hidden) return;
  clearTimeout(timer);
  timer = setTimeout(ask, PAUSE);
}

if (help && form) {
  const side = panel.closest('[data-form-side]');
  new ResizeObserver(() => {
    document.body.style.setProperty('--letter-beside', `${side.offsetWidth}px`);
  }).observe(side);
  panel.addEventListener('show', () => ask({ anew: true }));
  for (const kind of ['keyup', 'input', 'click', 'focusout']) form.addEventListener(kind, soon);
  form.addEventListener('w-autosave:success', () => ask({ anew: true }));
  help.addEventListener('click', (event) => {
    const place = event.target.closest('.desk-help-place');
    if (place) leadTo(place.dataset);
  });
  if (!panel.hidden) ask();
}
