/* No sentence of a letter is lost. Whatever is typed is copied to this device at once and stays
   there until the site has it; "Saved" stands there only when it does. Saving itself is Wagtail's
   (`w-autosave`), which is asked here as long as the form holds more than was sent. */

const form = document.querySelector('[data-edit-form]');
// Whose copies these are: on a device that several people use, nobody is offered another's words.
const WRITER = document.querySelector('[data-letters-of]').dataset.lettersOf;
const COPY = `letter:${WRITER}:`;
const LONGEST_KEPT = 90 * 24 * 3600 * 1000;
const LOOK_AFTER = 120; // milliseconds after a key
const SAVE_AFTER = 500;
const LONGEST_WAIT = 15_000;
const LONGEST_LEAVING = 60_000;
const WAITS = [2, 4, 8, 15, 30]; // seconds, while nobody answers
const WRAPPER = '[data-draftail-editor-wrapper]';
// What tells nothing of a letter, or is of one page view only.
const PASSING = ['csrfmiddlewaretoken', 'next', 'loaded_revision_id', 'loaded_revision_created_at'];
const FURNITURE = /-(count|deleted|order|id|type)$|^comments-|^slug$/;

// What is said here, in her language (`posts.desk.letter.WORDS`).
const WORDS = JSON.parse(document.getElementById('letter-words')?.textContent ?? '{}');
const LANGUAGE = document.documentElement.lang;

const me = Math.random().toString(36).slice(2);
const banner = Object.assign(document.createElement('div'), { className: 'letter-banner' });
const status = Object.assign(document.createElement('p'), { className: 'letter-status' });
status.setAttribute('role', 'status');

let known; // what the site has, as text
let sent; // what is on its way
let seen; // what the form held when it was last looked at
let seenAt = 0;
let failures = 0;
let nextTry = 0;
let isSignedOut = false;
let isRefused = false; // she may change this letter no more
let goBack; // to where she was when she had to sign in again
let rest; // where the rest of a new letter's screen is, as long as it did not come
let needsHer = false; // the site refused what it was sent, until something changes
let leftAt = -Infinity; // when the whole form was last sent, to lead to another page
let timer;

/** The rich text editor in its wrapper, which hands over what was typed a moment later. */
function editorIn(wrapper) {
  return wrapper.parentNode.querySelector(':scope > input')?.draftailEditor;
}

const handedOver = new WeakMap(); // what each editor held when it was last asked to hand it over

/** Lets an editor hand over what it holds, unless it did: each time costs a browser something, and a
    long letter has a hundred. What an editor holds is never changed, but replaced. */
function handOver(editor) {
  const content = editor.getEditorState().getCurrentContent();
  if (handedOver.get(editor) === content) return;
  editor.saveState();
  handedOver.set(editor, content);
}

/** What the form holds: as it would be sent, and in a form in which two can be compared. */
function held() {
  for (const wrapper of form.querySelectorAll(WRAPPER)) {
    const editor = editorIn(wrapper);
    if (editor) handOver(editor);
  }
  return fieldsOf(new FormData(form));
}

function fieldsOf(data) {
  const passing = [...PASSING, 'overwrite_revision_id'];
  return [...data].filter(([name, value]) => typeof value === 'string' && !passing.includes(name));
}

const compared = new Map(); // what each text was when it was last compared, and what that came to

function comparable(fields) {
  const parts = fields.map(([name, value]) => [name, isText(value) ? comparableText(name, value) : value]);
  return JSON.stringify(parts);
}

/** Of a hundred texts one has changed since the key before. */
function comparableText(name, value) {
  let last = compared.get(name);
  if (last?.value !== value) {
    last = { value, text: textOf(value) };
    compared.set(name, last);
  }
  return last.text;
}

const isText = (value) => /^\s*\{\s*"(blocks|entityMap)":/.test(value);

/** Rich text as the server and the browser write it in different ways. */
function textOf(value) {
  const { blocks, entityMap } = JSON.parse(value);
  const entity = ({ offset, length, key }) => {
    const { type, data } = entityMap[key];
    return [offset, length, type, data?.url, data?.id];
  };
  return blocks.map(({ text, type, depth, inlineStyleRanges, entityRanges }) => [
    text,
    type,
    depth,
    inlineStyleRanges.map(({ offset, length, style }) => `${offset}-${length}-${style}`).sort(),
    entityRanges.map(entity),
  ]);
}

/** All that is said in a form, line by line. */
function lines(fields) {
  return fields.filter(([name]) => !FURNITURE.test(name)).flatMap(([, value]) => {
    const said = isText(value) ? JSON.parse(value).blocks.map(({ text }) => text) : [value];
    return said.map((line) => line.trim()).filter(Boolean);
  });
}

// --- The copy on this device ---------------------------------------------------------------

const place = () => `${COPY}${location.pathname}:`;
let copy;

function keep(fields) {
  const name = place() + me;
  if (copy && copy !== name) localStorage.removeItem(copy);
  if (document.documentElement.dataset.signingOut !== undefined) return false;
  copy = name;
  try {
    localStorage.setItem(name, JSON.stringify({ at: Date.now(), fields }));
    return true;
  } catch {
    return false; // no room, or not allowed
  }
}

function forget() {
  if (copy) localStorage.removeItem(copy);
  copy = undefined;
}

// --- Saving ----------------------------------------------------------------------------------

function tell(state, text) {
  if (status.dataset.state === state && status.textContent === text) return;
  status.dataset.state = state;
  // A node of the page that comes or goes makes a browser look at the styles of a long letter again.
  if (status.firstChild) status.firstChild.data = text;
  else status.textContent = text;
}

function look() {
  clearTimeout(timer);
  const fields = held();
  const now = comparable(fields);
  if (now !== seen) {
    seen = now;
    seenAt = Date.now();
    needsHer = false;
  }
  if (now === known) {
    forget();
    if (status.dataset.state) tell('saved', WORDS.saved);
    return;
  }
  const isKept = keep(fields);
  const where = isKept ? WORDS.kept : WORDS.noRoom;
  if (isSignedOut) tell('kept', `${WORDS.signedOut} ${where}`);
  else if (isRefused) tell('kept', `${WORDS.mayNot} ${where}`);
  else if (needsHer) tell('kept', `${WORDS.needsYou} ${where}`);
  else if (failures) tell('kept', `${WORDS.noAnswer} ${where}`);
  else tell('saving', WORDS.saving);
  save();
}

function save() {
  const wait = Math.max(seenAt + SAVE_AFTER, nextTry) - Date.now();
  if (sent || needsHer || isSignedOut || isRefused) return;
  if (wait > 0) {
    lookIn(wait);
    return;
  }
  if (rest) {
    fetchTheRest();
    return;
  }
  const detail = { type: 'edits' };
  const options = { bubbles: true, cancelable: true, detail };
  form.dispatchEvent(new CustomEvent('w-unsaved:add', options));
  lookIn(1000);
}

function lookIn(milliseconds) {
  clearTimeout(timer);
  timer = setTimeout(look, milliseconds);
}

function onSave(event) {
  // Beside the form, which is on its way, a new letter would be stored a second time.
  if (isLeaving()) event.preventDefault();
  else sent = comparable(fieldsOf(event.detail.formData));
}

function onSuccess() {
  known = sent;
  sent = undefined;
  failures = 0;
  nextTry = 0;
  lookIn(0);
}

function tryLater() {
  nextTry = Date.now() + WAITS[Math.min(failures, WAITS.length - 1)] * 1000;
  failures += 1;
}

/** Whether the form is on its way. It may never arrive, and she stays here and goes on. */
const isLeaving = () => performance.now() < leftAt + LONGEST_LEAVING;

function stay() {
  leftAt = -Infinity;
}

/** While a new letter is stored for the first time, a press waits for its address: sent to that of
    new letters it would make a second one. */
async function waitForItsAddress(event) {
  const isNew = () => location.pathname.includes('/add/');
  if (!sent || !isNew()) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  const { submitter } = event;
  const until = Date.now() + LONGEST_WAIT;
  while ((sent || (isNew() && !failures)) && Date.now() < until) {
    await new Promise((go) => { setTimeout(go, 50); });
  }
  form.requestSubmit(submitter);
}

async function onError(event) {
  sent = undefined;
  const { type } = event.detail;
  needsHer = !['network_error', 'server_error'].includes(type);
  if (!needsHer) tryLater();
  if (type === 'server_error') {
    if (!(await isSignedIn())) askToSignIn();
    else if (!(await mayStill())) refuse();
  }
  lookIn(0);
}

/** Wagtail saves nothing any more, once a new letter was stored and the answer to its question for
    the rest of the screen got lost. It is asked again here, until there is one. */
function onDeactivated({ detail: { error, response } }) {
  if (error.name === 'HydrationError') rest = response.hydrate_url;
}

async function fetchTheRest() {
  const address = rest;
  rest = undefined; // asked once at a time
  const answer = await fetch(address, { redirect: 'error' }).catch(() => undefined);
  const html = answer?.ok && (await answer.text().catch(() => undefined));
  if (html) {
    form.querySelector('[data-w-autosave-target="partials"]').innerHTML = html;
    form.dataset.wAutosaveActiveValue = 'true';
    failures = nextTry = 0;
  } else {
    rest = address;
    tryLater();
    if (!(await isSignedIn())) askToSignIn();
  }
  lookIn(0);
}

// --- Signing in again --------------------------------------------------------------------------

async function isSignedIn() {
  const options = { method: 'HEAD', redirect: 'manual' };
  const answer = await fetch('/admin/signed-in/', options).catch(() => undefined);
  const isHer = answer?.headers.get('Letters-Of') === WRITER;
  if (answer?.ok && isHer) useToken();
  return !answer || (answer.type !== 'opaqueredirect' && (isHer || !answer.ok));
}

/** Whether she may change this letter: somebody may have taken that right while it was open. */
async function mayStill() {
  const options = { method: 'HEAD', redirect: 'manual' };
  const answer = await fetch(form.action, options).catch(() => undefined);
  return !answer || !(answer.type === 'opaqueredirect' || answer.status === 403 || answer.status === 404);
}

function refuse() {
  isRefused = true;
  say(WORDS.refused);
}

/** The right may have come back. */
async function allowedAgain() {
  if (!isRefused || !(await mayStill())) return;
  isRefused = false;
  failures = nextTry = 0;
  banner.replaceChildren();
  lookIn(0);
}

/** Whoever signs in gets another token; the page holds the old one. */
function useToken() {
  const token = document.cookie.match(/(?:^|; )csrftoken=([^;]+)/)?.[1];
  if (!token) return;
  for (const field of document.querySelectorAll('[name="csrfmiddlewaretoken"]')) field.value = token;
  if (window.wagtailConfig) window.wagtailConfig.CSRF_TOKEN = token;
}

function askToSignIn() {
  if (isSignedOut) return;
  isSignedOut = true;
  goBack = cursor();
  const again = button(WORDS.signInAgain, () => {
    const next = encodeURIComponent('/admin/signed-in/');
    window.open(`/admin/login/?next=${next}`, 'sign-in', 'popup,width=520,height=760');
  });
  say(WORDS.wasSignedOut, again);
}

async function signedIn() {
  if (!isSignedOut || !(await isSignedIn())) return;
  isSignedOut = false;
  failures = nextTry = 0;
  banner.replaceChildren();
  goBack();
  lookIn(0);
}

/** Where the cursor is now, as a way to get back there. */
function cursor() {
  const field = document.activeElement;
  const wrapper = field.closest(WRAPPER);
  const editor = wrapper && editorIn(wrapper);
  if (!editor) return () => field.focus();
  const selection = editor.getEditorState().getSelection();
  return () => {
    const { EditorState } = window.DraftJS;
    editor.onChange(EditorState.forceSelection(editor.getEditorState(), selection));
  };
}

/** A sentence with its gaps filled, which look like %(name)s. */
function filled(text, values) {
  return text.replace(/%\((\w+)\)s/g, (_, name) => values[name]);
}

function say(text, ...buttons) {
  const words = Object.assign(document.createElement('p'), { textContent: text });
  words.setAttribute('role', 'alert');
  const row = document.createElement('div');
  row.append(...buttons);
  banner.replaceChildren(words, row);
}

/** Pictures of a paste: those that she can have with one press, and those that she must bring. */
function sayWhatIsMissing({ missing, far, fetchThem }) {
  const named = (names) => ({ which: names.map((one) => `“${one}”`).join(', ') });
  const close = () => banner.replaceChildren();
  const sentences = [
    ...(far.length ? [filled(WORDS.farPictures, named(far))] : []),
    ...(missing.length ? [filled(WORDS.noPictures, named(missing))] : []),
  ];
  const bring = button(WORDS.bringIn, () => {
    close();
    fetchThem();
  });
  const leave = button(far.length ? WORDS.leaveThem : WORDS.allRight, close);
  say(sentences.join(' '), ...(far.length ? [bring] : []), leave);
}

function button(label, press) {
  const made = Object.assign(document.createElement('button'), { type: 'button' });
  made.className = 'button button-secondary';
  made.textContent = label;
  made.addEventListener('click', press);
  return made;
}

// --- What an earlier time left here ----------------------------------------------------------

async function offerWhatIsLeft() {
  const names = Object.keys(localStorage).filter((name) => name.startsWith(COPY));
  const open = await navigator.locks?.query();
  const isOpen = (name) => open?.held.some((lock) => lock.name === COPY + name.split(':').at(-1));
  const restored = sessionStorage.getItem(COPY);
  const onSite = new Set(lines(held()));
  const left = [];
  for (const name of names) {
    const kept = JSON.parse(localStorage.getItem(name));
    const isHere = (name === restored && !location.pathname.includes('/add/')) || name.startsWith(place());
    if (Date.now() - kept.at > LONGEST_KEPT) localStorage.removeItem(name);
    else if (isHere && !isOpen(name)) {
      if (lines(kept.fields).every((line) => onSite.has(line))) localStorage.removeItem(name);
      else if (name.startsWith(place())) left.push({ name, ...kept });
    }
  }
  sessionStorage.removeItem(COPY);
  const latest = left.sort((one, other) => other.at - one.at)[0];
  if (latest) offer(latest);
}

function offer({ name, at, fields }) {
  const letter = fields.filter(([field]) => /^(title|subtitle|body-)/.test(field));
  const last = lines(letter).at(-1)?.slice(-80) ?? '';
  const when = new Date(at).toLocaleString(LANGUAGE, { dateStyle: 'medium', timeStyle: 'short' });
  say(
    filled(WORDS.moreHere, { when, last }),
    button(WORDS.bringBack, () => bringBack(name, fields)),
    button(WORDS.forget, () => {
      if (!window.confirm(WORDS.sure)) return;
      localStorage.removeItem(name);
      banner.replaceChildren();
      offerWhatIsLeft();
    }),
  );
}

/** Sends what was never sent. What the site has now stays in the history of the post. */
function bringBack(name, fields) {
  sessionStorage.setItem(COPY, name);
  forget();
  const sender = Object.assign(document.createElement('form'), { method: 'post', action: form.action });
  const passing = PASSING.flatMap((one) => {
    const field = form.querySelector(`[name="${one}"]`);
    return field ? [[one, field.value]] : [];
  });
  for (const [field, value] of [...fields, ...passing]) {
    sender.append(Object.assign(document.createElement('textarea'), { name: field, value }));
  }
  sender.hidden = true;
  document.body.append(sender);
  sender.submit();
}

// --- Beginning -------------------------------------------------------------------------------

function begin() {
  known ??= seen = comparable(held());
}

/** Before anybody else hears of it, or what was pasted first would count as what the site has. */
function onAnything({ target, type }) {
  if (!form.contains(target)) return;
  begin();
  const changes = ['beforeinput', 'paste', 'drop'].includes(type);
  if (changes && status.dataset.state === 'saved') tell('saving', WORDS.saving);
  lookIn(LOOK_AFTER);
}

if (form) {
  form.prepend(banner);
  form.append(status);
  navigator.locks?.request(COPY + me, () => new Promise(() => {}));
  for (const kind of ['keydown', 'beforeinput', 'paste', 'drop', 'pointerdown']) {
    window.addEventListener(kind, onAnything, true);
  }
  for (const kind of ['input', 'change', 'click', 'keyup', 'focusout']) {
    form.addEventListener(kind, () => lookIn(LOOK_AFTER));
  }
  form.addEventListener('submit', waitForItsAddress, true);
  form.addEventListener('submit', held, true); // what was typed in this moment goes along
  form.addEventListener('w-autosave:save', onSave);
  form.addEventListener('w-autosave:success', onSuccess);
  form.addEventListener('w-autosave:error', onError);
  form.addEventListener('w-autosave:deactivated', onDeactivated);
  for (const kind of ['pagehide', 'visibilitychange']) {
    window.addEventListener(kind, () => known && look(), true);
  }
  window.addEventListener('online', () => {
    nextTry = 0;
    if (known) lookIn(0);
  });
  document.addEventListener('letter:missing', ({ detail }) => sayWhatIsMissing(detail));
  window.addEventListener('focus', signedIn);
  window.addEventListener('focus', allowedAgain);
  // Pressed all the same, it would lead away from what is nowhere but here.
  form.addEventListener('submit', (event) => isRefused && event.preventDefault());
  window.addEventListener('submit', ({ target, defaultPrevented }) => {
    if (target === form && !defaultPrevented) leftAt = performance.now();
  });
  window.addEventListener('pageshow', stay);
  window.navigation?.addEventListener('navigateerror', stay);
  new BroadcastChannel('desk').addEventListener('message', signedIn);
  setTimeout(() => {
    begin();
    offerWhatIsLeft();
  }, 400);
  setInterval(() => known && !document.hidden && !sent && look(), 2000);
}
