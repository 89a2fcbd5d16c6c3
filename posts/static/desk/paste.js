/* What is pasted into a letter keeps its form, whatever program it comes from, and loses no word.
   It becomes the editor's own blocks here, so that it also works where there is no connection. */

const { EditorState, Modifier, convertFromRaw } = window.DraftJS;

const BLOCKS = {
  H1: 'header-two', H2: 'header-two', H3: 'header-three', H4: 'header-three',
  H5: 'header-three', H6: 'header-three', BLOCKQUOTE: 'blockquote',
};
const APART = new Set(
  ('ADDRESS ARTICLE ASIDE BODY CAPTION CENTER DD DETAILS DIV DL DT FIGCAPTION FIGURE FOOTER FORM '
    + 'HEADER LI MAIN NAV OL P PRE SECTION SUMMARY TABLE TBODY TFOOT THEAD TR UL').split(' '),
);
const SILENT = new Set(['SCRIPT', 'STYLE', 'TEMPLATE', 'NOSCRIPT', 'SVG', 'HEAD', 'TITLE', 'META']);
const STYLES = {
  B: 'BOLD', STRONG: 'BOLD', I: 'ITALIC', EM: 'ITALIC', S: 'STRIKETHROUGH', STRIKE: 'STRIKETHROUGH',
  DEL: 'STRIKETHROUGH', SUP: 'SUPERSCRIPT',
};
const ADDRESS = /https?:\/\/[^\s<>"“”«»]*[^\s<>"“”«».,;:!?…'’)\]}*_]/gi;
const PLAIN = [
  [/^#{1,2}\s+/, 'header-two'], [/^#{3,6}\s+/, 'header-three'], [/^>\s?/, 'blockquote'],
  [/^[-*•·–+]\s+/, 'unordered-list-item'], [/^\d{1,3}[.)]\s+/, 'ordered-list-item'],
];
// Signs that stand in a line, the longest first. What is not closed soon stays as it was typed.
const MARKS = [
  [/\*\*(?=\S)(.{1,500}?)(?<=\S)\*\*/, 'BOLD'], [/__(?=\S)(.{1,500}?)(?<=\S)__(?!\w)/, 'BOLD'],
  [/~~(?=\S)(.{1,500}?)(?<=\S)~~/, 'STRIKETHROUGH'],
  [/(?<![\w*])\*(?=[^\s*])([^*]{1,500}?)(?<=\S)\*(?![\w*])/, 'ITALIC'],
  [/(?<!\w)_(?=[^\s_])([^_]{1,500}?)(?<=\S)_(?!\w)/, 'ITALIC'],
];
const LINK = /(!?)\[([^[\]\n]{1,500})\]\(((?:https?:\/\/|mailto:)[^\s()<>]{1,2000})(?: "[^"\n]{0,500}")?\)/;
// With one of these it is surely Markdown, and one star is no star either.
const SURELY = /^#{1,6} \S|^> ?\S|\*\*(?=\S)[^*\n]{1,500}(?<=\S)\*\*|\]\((?:https?:|mailto:)|~~(?=\S)[^~\n]{1,500}~~/m;
const LONGEST_LINE = 20_000; // characters in which signs are looked for
const RULE = /^\s*([-*_])(\s*\1){2,}\s*$/;

/** Blocks of the editor, made one after another. */
class Writing {
  constructor() {
    this.blocks = [];
    this.entities = {};
    this.pictures = [];
    this.current = undefined;
  }

  begin(type, depth = 0) {
    this.end();
    this.current = { type, depth, text: '', runs: [] };
  }

  end() {
    const block = this.current;
    this.current = undefined;
    if (block?.text.trim()) this.blocks.push(finished(block));
  }

  say(text, styles, link) {
    if (!this.current) this.begin('unstyled');
    const block = this.current;
    const said = /\s$|^$/.test(block.text) ? text.replace(/^[ \n]+/, '') : text;
    if (!said) return;
    block.runs.push({ offset: block.text.length, length: said.length, styles: [...styles], link });
    block.text += said;
  }

  breakLine() {
    if (this.current?.text) this.current.text = `${this.current.text.replace(/ +$/, '')}\n`;
  }

  rule() {
    this.end();
    const key = this.entity('HORIZONTAL_RULE', 'IMMUTABLE', {});
    this.blocks.push({ type: 'atomic', depth: 0, text: ' ', entityRanges: [{ offset: 0, length: 1, key }] });
  }

  entity(type, mutability, data) {
    const key = Object.keys(this.entities).length;
    this.entities[key] = { type, mutability, data };
    return key;
  }

  raw() {
    this.end();
    const blocks = this.blocks.map((block) => {
      const ranges = { inlineStyleRanges: [], entityRanges: [], data: {}, ...block };
      for (const { link, offset, length } of block.links ?? []) {
        ranges.entityRanges.push({ offset, length, key: this.entity('LINK', 'MUTABLE', { url: link }) });
      }
      delete ranges.links;
      return ranges;
    });
    return { blocks, entityMap: this.entities };
  }
}

function finished({ type, depth, text, runs }) {
  const end = text.trimEnd().length;
  const within = runs.filter(({ offset }) => offset < end)
    .map((run) => ({ ...run, length: Math.min(run.length, end - run.offset) }));
  return {
    type,
    depth,
    text: text.slice(0, end),
    inlineStyleRanges: within.flatMap(({ offset, length, styles }) =>
      styles.map((style) => ({ offset, length, style }))),
    links: within.filter(({ link }) => link),
  };
}

// --- HTML ------------------------------------------------------------------------------------

function fromHTML(html) {
  const body = new DOMParser().parseFromString(html, 'text/html').body;
  const writing = new Writing();
  walk(body, writing, { styles: new Set(), link: undefined, type: 'unstyled', depth: -1 });
  return writing;
}

function walk(node, writing, inherited) {
  for (const child of node.childNodes) {
    if (child.nodeType === Node.TEXT_NODE) {
      const text = inherited.isPre ? child.data : child.data.replace(/[ \t\r\n\f]+/g, ' ');
      if (inherited.isPre) sayLines(text, writing, inherited);
      else if (text.trim() || writing.current) say(text, writing, inherited);
    } else if (child.nodeType === Node.ELEMENT_NODE && !SILENT.has(child.nodeName)) {
      element(child, writing, inherited);
    }
  }
}

function say(text, writing, { styles, link, type, depth }) {
  if (!writing.current) writing.begin(type, Math.max(depth, 0));
  writing.say(text, styles, link);
}

function sayLines(text, writing, inherited) {
  text.split('\n').forEach((line, at) => {
    if (at) writing.breakLine();
    if (line) say(line, writing, inherited);
  });
}

function element(node, writing, inherited) {
  const name = node.nodeName.toUpperCase();
  const style = node.getAttribute('style') ?? '';
  if (/mso-list:\s*ignore|display:\s*none/i.test(style)) return;
  if (name === 'BR') writing.breakLine();
  else if (name === 'HR') writing.rule();
  else if (name === 'IMG') writing.pictures.push({ src: node.src, alt: node.alt });
  else if (name === 'TR') row(node, writing, inherited);
  else if (/^(UL|OL)$/.test(name)) list(node, name, writing, inherited);
  else if (name === 'LI') entry(node, writing, inherited);
  else if (BLOCKS[name]) apart(node, writing, { ...inherited, type: kindOf(name, inherited) });
  else if (/mso-list:/i.test(style)) wordEntry(node, style, writing, inherited);
  else if (/pullquote/.test(node.className)) apart(node, writing, { ...inherited, type: 'blockquote' });
  else if (APART.has(name) && !inherited.isEntry) { // an entry of a list is one block
    apart(node, writing, { ...inherited, isPre: name === 'PRE' });
  } else walk(node, writing, within(node, name, style, inherited));
}

/** In a quotation or a list its kind is stronger than that of a heading. */
function kindOf(name, { type }) {
  return type === 'unstyled' || name === 'BLOCKQUOTE' ? BLOCKS[name] : type;
}

function apart(node, writing, inherited) {
  writing.end();
  walk(node, writing, inherited);
  writing.end();
}

function list(node, name, writing, inherited) {
  const type = name === 'OL' ? 'ordered-list-item' : 'unordered-list-item';
  writing.end();
  walk(node, writing, { ...inherited, type, depth: Math.min(inherited.depth + 1, 4), isEntry: false });
  writing.end();
}

function entry(node, writing, inherited) {
  const isInList = /list-item$/.test(inherited.type);
  const type = isInList ? inherited.type : 'unordered-list-item';
  writing.end();
  for (const paragraph of node.querySelectorAll(':scope > p + p, :scope > div + div')) {
    paragraph.before(node.ownerDocument.createElement('br'));
  }
  walk(node, writing, { ...inherited, type, depth: Math.max(inherited.depth, 0), isEntry: true });
  writing.end();
}

/** Word's lists are paragraphs with a mark of their own in front. */
function wordEntry(node, style, writing, inherited) {
  const mark = node.querySelector('[style*="mso-list:Ignore" i]')?.textContent.trim() ?? '';
  const type = /^[\w]{1,4}[.)]/.test(mark) ? 'ordered-list-item' : 'unordered-list-item';
  const level = Number(/level(\d)/i.exec(style)?.[1] ?? 1);
  apart(node, writing, { ...inherited, type, depth: Math.min(level - 1, 4) });
}

/** A row of a table in one line; one that only lays out a page is no row. */
function row(node, writing, inherited) {
  const cells = [...node.children].filter((cell) => cell.textContent.trim());
  const isLayout = cells.length < 2 || cells.some((cell) => cell.querySelector('table, p + p, h1, h2, h3, ul, ol'));
  writing.end();
  cells.forEach((cell, at) => {
    if (isLayout) apart(cell, writing, inherited);
    else {
      if (at) say(' · ', writing, { ...inherited, styles: new Set() });
      walk(cell, writing, { ...inherited, isEntry: true });
    }
  });
  writing.end();
}

function within(node, name, style, inherited) {
  const styles = new Set(inherited.styles);
  if (STYLES[name]) styles.add(STYLES[name]);
  const weight = /font-weight:\s*(\w+)/i.exec(style)?.[1];
  if (weight) styles[/^(bold|bolder|[6-9]00)$/i.test(weight) ? 'add' : 'delete']('BOLD');
  if (/font-style:\s*italic/i.test(style)) styles.add('ITALIC');
  if (/font-style:\s*normal/i.test(style)) styles.delete('ITALIC');
  if (/text-decoration[^;]*line-through/i.test(style)) styles.add('STRIKETHROUGH');
  if (/vertical-align:\s*super/i.test(style)) styles.add('SUPERSCRIPT');
  const link = name === 'A' ? address(node.getAttribute('href')) ?? inherited.link : inherited.link;
  return { ...inherited, styles, link };
}

/** Where a link leads, without the detours through which mail programs send it. */
function address(href) {
  try {
    const url = new URL(href);
    if (!/^(https?|mailto|tel):$/.test(url.protocol)) return undefined;
    const isDetour = /(^|\.)google\.com$/.test(url.hostname) && url.pathname === '/url';
    const isSafe = url.hostname.endsWith('safelinks.protection.outlook.com');
    const inner = (isDetour && url.searchParams.get('q')) || (isSafe && url.searchParams.get('url'));
    return inner ? address(inner) : url.href;
  } catch {
    return undefined;
  }
}

// --- Plain text ------------------------------------------------------------------------------

function fromText(text) {
  const writing = new Writing();
  const say = SURELY.test(text) ? marked : linked;
  for (const line of text.replace(/\r\n?/g, '\n').split('\n')) {
    const found = PLAIN.find(([mark]) => mark.test(line));
    const depth = found ? Math.min(Math.floor(/^\s*/.exec(line)[0].length / 2), 4) : 0;
    if (!line.trim()) writing.end();
    else if (RULE.test(line)) writing.rule();
    else if (found || !writing.current || writing.current.type !== 'unstyled') {
      writing.begin(found?.[1] ?? 'unstyled', depth);
      say(found ? line.replace(found[0], '') : line, writing);
    } else {
      writing.breakLine();
      say(line, writing);
    }
  }
  return writing;
}

/** A line of Markdown: what stands between two signs is said in the style that they mean. */
function marked(text, writing, styles = []) {
  const signs = [[LINK], ...MARKS.filter(([, style]) => !styles.includes(style))];
  let rest = text;
  while (rest.length < LONGEST_LINE) {
    const found = signs.map(([sign, style]) => [sign.exec(rest), style]).filter(([match]) => match);
    if (!found.length) break;
    const [match, style] = found.reduce((one, other) => (other[0].index < one[0].index ? other : one));
    linked(rest.slice(0, match.index), writing, styles);
    if (style) marked(match[1], writing, [...styles, style]);
    else if (match[1]) writing.pictures.push({ src: match[3], alt: match[2] });
    else writing.say(match[2], styles, match[3]);
    rest = rest.slice(match.index + match[0].length);
  }
  linked(rest, writing, styles);
}

function linked(text, writing, styles = []) {
  let done = 0;
  for (const { 0: found, index } of text.matchAll(ADDRESS)) {
    writing.say(text.slice(done, index), styles);
    writing.say(found, styles, found);
    done = index + found.length;
  }
  writing.say(text.slice(done), styles);
}

// --- Into the letter ---------------------------------------------------------------------------

const LONG = 500; // characters, from which on a text is read by the importer
const PATIENCE = 8000; // milliseconds

document.addEventListener('paste', (event) => {
  const field = event.target.closest?.('.letter [role="textbox"]');
  if (!field || event.target.closest('[data-letter-line]')) return;
  const html = event.clipboardData.getData('text/html');
  const plain = event.clipboardData.getData('text/plain');
  const files = [...event.clipboardData.files].filter(({ type }) => type.startsWith('image/'));
  const isAddress = /^\s*https?:\/\/\S+\s*$/.test(plain); // becomes a link of what is chosen
  if (isOurs(html) || (!html && !files.length && (isAddress || !plain))) return;
  const writing = html ? fromHTML(html) : fromText(plain);
  const raw = writing.raw();
  const pictures = writing.pictures.filter(({ src }) => !files.length || !src.startsWith('file:'));
  if (!raw.blocks.length && !files.length && !pictures.length) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  if (!html && plain.length >= LONG && /\n\s*\n/.test(plain)) long(field, plain, raw);
  else if (raw.blocks.length) insert(field, raw);
  bring(field, files, pictures);
}, true);

/** Copied from an editor of ours: it knows best. */
function isOurs(html) {
  return html.includes('data-draftail-') || html.includes('data-editor=');
}

function insert(field, raw) {
  const wrapper = field.closest('[data-draftail-editor-wrapper]');
  const editor = wrapper.parentNode.querySelector(':scope > input').draftailEditor;
  const state = editor.getEditorState();
  const fragment = convertFromRaw(raw).getBlockMap();
  const selection = state.getSelection();
  const content = Modifier.replaceWithFragment(state.getCurrentContent(), selection, fragment);
  editor.onChange(EditorState.push(state, content, 'insert-fragment'));
}

/** A long text as our importer reads it; as it stands, where nobody answers. */
async function long(field, plain, raw) {
  const answer = await ask('/admin/paste/text/', { text: plain });
  const [first, ...rest] = answer.blocks ?? [];
  if (!first) insert(field, raw);
  else if (first.type === 'paragraph' && !rest.length) insert(field, JSON.parse(first.value));
  else place(field, answer.blocks);
}

/** Pictures are kept at our own site, and ask for the words that stand for them. Those that are
    elsewhere are not fetched unasked, but offered; those in a file that a page cannot open are
    named. */
async function bring(field, files, pictures) {
  const missing = [];
  const far = [];
  const found = files.map((file) => ({ file, alt: '' }));
  for (const { src, alt } of pictures) {
    if (src.startsWith('data:image/')) {
      const blob = await (await fetch(src)).blob();
      const name = `${alt || 'picture'}.${blob.type.split('/')[1].split('+')[0]}`;
      found.push({ file: new File([blob], name, { type: blob.type }), alt });
    } else if (/^https?:/.test(src)) far.push({ src, alt });
    else if (src) missing.push(called(src, alt));
  }
  for (const { file, alt } of found) {
    const { blocks, message } = await ask('/admin/paste/picture/', { file, alt_text: alt });
    if (blocks) place(field, blocks);
    else missing.push(`${alt || file.name} (${message ?? 'the site does not answer'})`);
  }
  if (missing.length || far.length) tell(missing, far, () => bringFar(field, far));
}

const called = (src, alt) => alt || src.split('/').at(-1).slice(0, 60);

/** In the order in which they stood: each is put right below the text. */
async function bringFar(field, far) {
  const missing = [];
  const blocks = [];
  for (const { src, alt } of far) {
    const answer = await ask('/admin/paste/far-picture/', { address: src, alt_text: alt });
    if (answer.blocks) blocks.push(...answer.blocks);
    else missing.push(`${called(src, alt)} (${answer.message ?? 'the site does not answer'})`);
  }
  if (blocks.length) place(field.isConnected ? field : lastText(), blocks);
  if (missing.length) tell(missing, []);
}

const lastText = () => [...document.querySelectorAll('.letter [role="textbox"]')].at(-1);

function place(field, blocks) {
  field.dispatchEvent(new CustomEvent('letter:blocks', { bubbles: true, detail: blocks }));
}

function tell(missing, far, fetchThem) {
  const names = far.map(({ src, alt }) => called(src, alt));
  document.dispatchEvent(new CustomEvent('letter:missing', { detail: { missing, far: names, fetchThem } }));
}

async function ask(address, fields) {
  const body = new FormData();
  const token = document.querySelector('[data-edit-form] [name="csrfmiddlewaretoken"]').value;
  for (const [name, value] of Object.entries({ ...fields, csrfmiddlewaretoken: token })) {
    body.append(name, value);
  }
  try {
    const isPicture = 'file' in fields || 'address' in fields;
    const signal = AbortSignal.timeout(isPicture ? PATIENCE * 8 : PATIENCE);
    return await (await fetch(address, { method: 'POST', body, signal })).json();
  } catch {
    return {}; // no connection, or signed out: whoever asked goes on without
  }
}
