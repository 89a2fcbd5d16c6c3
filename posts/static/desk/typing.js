/* What the keys of a letter do beside what the editor does by itself ("## ", "> ", "- ", "**"). Each
   is a step of its own, which Ctrl+Z takes back to the signs as they were typed. */

const { EditorState, Modifier } = window.DraftJS;
const { DraftUtils } = window.draftail;

/** The editor of a letter's text; that of a line in a card has no use for any of this. */
function editorOf(target) {
  if (target.closest?.('[data-letter-line]')) return undefined;
  const wrapper = target.closest?.('.letter [data-draftail-editor-wrapper]');
  return wrapper?.parentNode.querySelector(':scope > input').draftailEditor;
}

/** What stands in the line of the cursor before it, the block of it, and whether a line is above. */
function lineOf(state) {
  const selection = state.getSelection();
  if (!selection.isCollapsed()) return undefined;
  const content = state.getCurrentContent();
  const block = content.getBlockForKey(selection.getStartKey());
  const before = block.getText().slice(0, selection.getStartOffset());
  const start = before.lastIndexOf('\n') + 1;
  const above = content.getBlockBefore(block.getKey());
  const isBelow = start > 0 || above?.getType() === block.getType();
  return { type: block.getType(), text: before.slice(start), start, isBelow };
}

/** "# " opens a section, as "## " does: the title has a line of its own. In a quotation a line that
    begins with one or two hyphens names who said it. */
const SPACED = [
  [({ type, text, start }) => type === 'unstyled' && text === '#' && !start, '', 'header-two'],
  [({ type, text, isBelow }) => type === 'blockquote' && /^(--?|–)$/.test(text) && isBelow, '— '],
];

function onSpace(event) {
  if ((event.type === 'keypress' ? event.key : event.data) !== ' ') return;
  const editor = editorOf(event.target);
  const line = editor && lineOf(editor.getEditorState());
  const rule = line && SPACED.find(([fits]) => fits(line));
  if (!rule) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  const [, words, type] = rule;
  const typed = inserted(editor.getEditorState(), ' ', 0, 'insert-characters');
  editor.onChange(inserted(typed, words, line.text.length + 1, 'insert-fragment', type));
}

/** The state with these words in place of so many characters before the cursor, and the paragraph of
    this type. */
function inserted(state, words, length, change, type) {
  const before = state.getSelection();
  const start = before.getStartOffset() - length;
  const place = before.merge({ anchorOffset: start, focusOffset: start + length });
  const replaced = Modifier.replaceText(state.getCurrentContent(), place, words);
  const after = replaced.getSelectionAfter();
  const content = type ? Modifier.setBlockType(replaced, after, type) : replaced;
  const selections = { selectionBefore: before, selectionAfter: after }; // where Ctrl+Z goes back to
  return EditorState.push(state, content.merge(selections), change);
}

// React takes a space from the key itself, and everything else from what comes after it.
for (const kind of ['keypress', 'beforeinput']) window.addEventListener(kind, onSpace, true);

// --- Up to the title, and down to the subtitle ----------------------------------------------------

const [TITLE, SUBTITLE] = ['#id_title', '#id_subtitle'];

/** Whether the cursor is in the first line of the letter, however many the screen makes of it. */
function isInFirstLine(target) {
  const first = document.querySelector('.letter [data-draftail-editor-wrapper]');
  const block = first?.contains(target) && first.querySelector('[data-block]');
  const selection = window.getSelection();
  if (!block || !selection.isCollapsed || !block.contains(selection.anchorNode)) return false;
  const [cursor] = selection.getRangeAt(0).getClientRects(); // none in an empty line
  const line = parseFloat(window.getComputedStyle(block).lineHeight);
  return !cursor || cursor.top - block.getBoundingClientRect().top < line / 2;
}

/** What stands above: the subtitle, if there is one, then the title. */
function above(target) {
  const subtitle = document.querySelector(SUBTITLE);
  if (target === subtitle) return target.selectionEnd ? undefined : document.querySelector(TITLE);
  if (target.matches?.(TITLE) || !isInFirstLine(target)) return undefined;
  return subtitle?.value ? subtitle : document.querySelector(TITLE);
}

/** What stands below the end of the title: the subtitle, be it written or not. */
function below(target) {
  const isAtEnd = target.matches?.(TITLE) && target.selectionStart === target.value.length;
  return isAtEnd ? document.querySelector(SUBTITLE) : undefined;
}

const LEADS = { ArrowUp: above, ArrowDown: below };

window.addEventListener('keydown', (event) => {
  const plain = !(event.shiftKey || event.ctrlKey || event.altKey || event.metaKey);
  const field = plain && !event.isComposing && LEADS[event.key]?.(event.target);
  if (!field) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  field.focus();
  field.setSelectionRange(field.value.length, field.value.length);
}, true);

// --- What "/" offers -------------------------------------------------------------------------

const FRAMES = 6; // in which the list is drawn, and chooses its first line by itself
let looks = 0; // how many of them are still to come

/** What begins with the words after "/" stands ready, before what only has them somewhere in it. */
function prefer(editor) {
  const prompt = DraftUtils.getCommandPalettePrompt(editor.getEditorState())?.text;
  const words = prompt?.slice(1).toLowerCase();
  if (!words) return;
  const ready = [...document.querySelectorAll('[role="option"]')].find((option) =>
    option.checkVisibility() && option.textContent.trim().toLowerCase().startsWith(words));
  // As if the pointer were there, which is how one is chosen that is not the first.
  ready?.dispatchEvent(new MouseEvent('mousemove', { bubbles: true }));
}

function lookAgain(editor) {
  if (looks <= 0) return;
  looks -= 1;
  prefer(editor);
  requestAnimationFrame(() => lookAgain(editor));
}

window.addEventListener('keyup', ({ target, key }) => {
  const editor = key.length === 1 || key === 'Backspace' ? editorOf(target) : undefined;
  if (!editor || !DraftUtils.getCommandPalettePrompt(editor.getEditorState())) return;
  const isLooking = looks > 0;
  looks = FRAMES;
  if (!isLooking) lookAgain(editor);
}, true);
window.addEventListener('keydown', ({ target, key }) => {
  const editor = key === 'Enter' && looks > 0 ? editorOf(target) : undefined;
  if (editor) prefer(editor); // for whoever types faster than it is drawn
  looks = 0; // an arrow chooses otherwise
}, true);
