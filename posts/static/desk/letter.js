/* A letter's body in the editor: one text, with cards between. Enter goes on to whatever is next,
   and Ctrl+Enter to the text below a card, so that no hand has to leave the keys. */

const { StreamBlock, StreamBlockDefinition } = window.wagtailStreamField.blocks;

{
  const FIELDS = 'input:not([type="hidden"]), select, textarea, [contenteditable="true"]';
  // The words stand behind the scripts (`posts.desk.letter.WORDS`), so they are read when needed.
  const nameOfLetter = () => JSON.parse(document.getElementById('letter-words').textContent).letter;
  const PARTS = 3; // of an invitation

  class Letter extends StreamBlock {
    constructor(definition, placeholder, prefix, state, error) {
      super(definition, placeholder, prefix, state, error);
      this.element.addEventListener('keydown', (event) => this.goOn(event), true);
      this.element.addEventListener('letter:blocks', (event) => this.place(event));
      this.element.addEventListener('click', ({ target }) => searchIn(target));
      this.children.forEach(unfoldWhatIsWritten);
      nameTexts(this.element);
      this.offer = document.querySelector('[data-beginnings]');
      this.offer?.addEventListener('click', ({ target }) => this.begin(target.closest('button')));
      new MutationObserver(() => {
        nameTexts(this.element);
        this.showOffer();
      }).observe(this.element, { childList: true, subtree: true });
      this.showOffer();
      const isNew = !state?.length && !error;
      if (isNew && document.activeElement === document.body) this.children[0].focus();
      const asked = new URLSearchParams(window.location.search).get('start');
      if (isNew && asked) this.begin(this.offer?.querySelector(`[value="${CSS.escape(asked)}"]`));
    }

    /** Beginnings are offered as long as nothing is written, and again when nothing is. */
    showOffer() {
      const isHidden = !this.isBlank();
      // Said anew, it would cost the browser something at each key.
      if (this.offer && this.offer.hidden !== isHidden) this.offer.hidden = isHidden;
    }

    isBlank() {
      return this.children.every((child) => child.type === 'paragraph' && !hasText(child.element));
    }

    /** Fills an empty letter from a template. What was typed meanwhile stays, and stays alone. */
    async begin(button) {
      if (!button) return;
      const language = document.querySelector('[name="language"]')?.value ?? '';
      const address = `${this.offer.dataset.beginnings}${button.value}/text/`;
      const answer = await fetch(`${address}?${new URLSearchParams({ language })}`).catch(() => {});
      const said = this.offer.querySelector('[role="status"]');
      said.textContent = answer?.ok ? '' : this.offer.dataset.unreached;
      if (!answer?.ok) return;
      const { blocks } = await answer.json();
      if (!this.isBlank()) return;
      this.setState(
        blocks.map(({ type, value }) => {
          const [, , id] = this._getChildDataForInsertion({ type });
          return { type, value, id };
        }),
      );
      this.children.forEach(unfoldWhatIsWritten);
      this.showOffer();
      selectFirstGap(this.children[0]);
      this.element.dispatchEvent(new Event('change', { bubbles: true }));
    }

    setState(values) {
      super.setState(values);
      this.endInText();
    }

    _onRequestInsert(index, chosen) {
      super._onRequestInsert(index, chosen);
      signed(this.children[index]);
      this.endInText();
    }

    /** Of which kind it is stands on each, for its style: what :has() would find by the values of
        fields costs half a second a key in a long letter. */
    _insert(definition, state, id, index, options) {
      const child = super._insert(definition, state, id, index, options);
      child.element.dataset.letterKind = definition.name;
      return child;
    }

    deleteBlock(index, options) {
      super.deleteBlock(index, options);
      this.endInText();
    }

    /** Whatever stands last, one can go on writing below it. An empty text is not kept. */
    endInText() {
      if (this.children.at(-1)?.type === 'paragraph') return;
      const [definition, state, id] = this._getChildDataForInsertion({ type: 'paragraph' });
      this._insert(definition, state, id, this.children.length, {});
    }

    /** Blocks that were pasted: after what stands before the cursor, before what follows it. */
    place({ target, detail: blocks }) {
      const at = this.children.find((child) => child.element.contains(target));
      const wrapper = target.closest('[data-draftail-editor-wrapper]');
      const editor = wrapper.parentNode.querySelector(':scope > input').draftailEditor;
      const split = window.draftail.splitState(editor.getEditorState());
      if (split.stateAfter.getCurrentContent().hasText()) {
        at.split(split.stateBefore, split.stateAfter, split.shouldMoveCommentFn, {});
      }
      blocks.forEach(({ type, value }, n) => {
        const [, , id] = this._getChildDataForInsertion({ type });
        this.insert({ type, value, id }, at.index + 1 + n, {});
      });
      const isEmpty = !editor.getEditorState().getCurrentContent().hasText();
      const next = this.children[at.index + blocks.length + 1];
      if (isEmpty) this.deleteBlock(at.index, {});
      else this.endInText();
      (next ?? this.children.at(-1)).focus();
    }

    goOn(event) {
      if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return;
      const card = this.children.find((child) => child.element.contains(event.target));
      if (!card || card.type === 'paragraph') return;
      const leave = event.ctrlKey || event.metaKey || isDone(event.target);
      if (!leave && !isOneLine(event.target)) return;
      event.preventDefault();
      event.stopImmediatePropagation();
      if (leave) this.leave(card);
      else this.next(card, event.target);
    }

    leave(card) {
      this.children[card.index + 1]?.focus();
    }

    /** The next field; after the last one of a list another entry, until one is left empty. */
    next(card, field) {
      const [list, entry] = entryOf(card, field);
      const inEntry = entry && fieldsOf(entry.element);
      if (!entry || field !== inEntry.at(-1)) {
        this.focusAfter(card, field);
      } else if (entry.index < list.children.length - 1) {
        this.focusAfter(card, field);
      } else if (!isEmpty(entry) && !isWhole(card, list)) {
        list._onRequestInsert(list.children.length);
      } else {
        const before = fieldsOf(card.element).indexOf(inEntry[0]);
        if (isEmpty(entry) && list.children.length > 1) list.deleteBlock(entry.index, {});
        const rest = fieldsOf(card.element).slice(before);
        if (rest.length && !inEntry.includes(rest[0])) focus(rest[0]);
        else this.leave(card);
      }
    }

    focusAfter(card, field) {
      const fields = fieldsOf(card.element);
      const after = fields.slice(fields.indexOf(field) + 1);
      const next = after.find(({ localName }) => localName !== 'select'); // it has a value already
      if (next) focus(next);
      else this.leave(card);
    }
  }

  function fieldsOf(element) {
    return [...element.querySelectorAll(FIELDS)].filter((field) => field.checkVisibility());
  }

  function focus(field) {
    const wrapper = field.closest('[data-draftail-editor-wrapper]');
    const editor = wrapper?.parentNode.querySelector(':scope > input')?.draftailEditor;
    (editor ?? field).focus();
  }

  function editorsIn(element) {
    const inputs = [...element.querySelectorAll('input')];
    return inputs.map(({ draftailEditor }) => draftailEditor).filter(Boolean);
  }

  function hasText(element) {
    const texts = editorsIn(element).map((editor) => editor.getEditorState().getCurrentContent());
    return texts.some((content) => content.hasText());
  }

  /** The first thing to fill in, so that what is typed next stands there. */
  function selectFirstGap(child) {
    child.focus();
    const [editor] = editorsIn(child.element);
    const blocks = editor?.getEditorState().getCurrentContent().getBlocksAsArray() ?? [];
    const block = blocks.find((one) => one.getText().includes('[['));
    if (!block) return;
    const { EditorState, SelectionState } = window.DraftJS;
    const range = {
      anchorOffset: block.getText().indexOf('[['),
      focusOffset: block.getText().indexOf(']]') + 2,
      hasFocus: true,
    };
    const selection = SelectionState.createEmpty(block.getKey()).merge(range);
    editor.onChange(EditorState.forceSelection(editor.getEditorState(), selection));
  }

  /** What is typed after "Insert a block" looks for one, as soon as the list of them is drawn. Under
      a finger the list stays in sight, and no keyboard comes up. */
  function searchIn(target, frames = 20) {
    const button = target.closest('.c-sf-add-button');
    if (!button || !frames || !window.matchMedia('(pointer: fine)').matches) return;
    const fields = [...document.querySelectorAll('.w-combobox__field input:enabled')];
    const field = fields.find((one) => one.checkVisibility({ visibilityProperty: true }));
    if (field) field.focus({ preventScroll: true });
    else if (button.ariaExpanded === 'true') requestAnimationFrame(() => searchIn(target, frames - 1));
  }

  /** The innermost list of a card in which the field stands, and the entry of it. */
  function entryOf(card, field) {
    const lists = Object.values(card.block.childBlocks ?? {}).filter((block) => block.inserters);
    for (const list of lists) {
      const entry = list.children.find((child) => child.element.contains(field));
      if (entry) return [list, entry];
    }
    return [];
  }

  function isEmpty(entry) {
    return fieldsOf(entry.element).every(
      (field) => field.localName === 'select' || !(field.value ?? field.textContent).trim(),
    );
  }

  /** An invitation has three parts, which are there from the beginning. */
  function isWhole(card, list) {
    return card.type === 'invitation' && list.children.length >= PARTS;
  }

  /** A new sign-off has the name that stands under each title. */
  function signed(card) {
    if (card?.type !== 'sign_off') return;
    const name = card.element.querySelector('[name$="-name"]');
    const author = document.querySelector('[data-letter-author]')?.dataset.letterAuthor;
    if (author && !name.value) name.value = author;
  }

  function isOneLine(field) {
    if (field.localName === 'input' || field.localName === 'select') return true;
    const isMenuOpen = field.getAttribute('aria-expanded') === 'true';
    return field.isContentEditable && !isMenuOpen && !!field.closest('[data-letter-line]');
  }

  /** An empty line at the end of a text area: whoever presses Enter there has said it all. */
  function isDone(field) {
    if (field.localName !== 'textarea' || !/\S\s*\n$/.test(field.value)) return false;
    return field.selectionStart === field.value.length;
  }

  /** The editors of texts, whose labels no screen reader finds. */
  function nameTexts(element) {
    for (const text of element.querySelectorAll('[role="textbox"]:not([aria-label])')) {
      const label = text.closest('[data-contentpath]')?.querySelector(':scope > .w-field__label');
      text.setAttribute('aria-label', label?.textContent.replace('*', '') || nameOfLetter());
    }
  }

  /** Fields that are rarely used are folded, unless something is written in them. */
  function unfoldWhatIsWritten(child) {
    for (const folded of child.element.querySelectorAll('[data-block-settings][hidden]')) {
      const isWritten = [...folded.querySelectorAll('input, textarea')].some(({ value }) => value);
      const button = `[aria-controls="${CSS.escape(folded.id)}"]`;
      if (isWritten) child.element.querySelector(button)?.click();
    }
  }

  class LetterDefinition extends StreamBlockDefinition {
    constructor(name, groups, states, meta) {
      super(name, groups, states, meta);
      // Posts that hold them still show them; nobody is offered new ones.
      this.groupedChildBlockDefs = groups.map(([group, definitions]) => [
        group,
        definitions.filter((definition) => !meta.retired.includes(definition.name)),
      ]);
    }

    render(placeholder, prefix, state, error) {
      return new Letter(this, placeholder, prefix, state, error);
    }
  }

  window.telepath.register('posts.content.blocks.BodyBlock', LetterDefinition);

  // What stands above the letter is one line, however many a screen makes of it. Enter leads from
  // the title to the text, past a subtitle that nobody wrote; Tab and ArrowDown lead to that.
  const ABOVE = '#id_title, #id_subtitle';

  document.addEventListener('input', ({ target }) => {
    if (target.matches(ABOVE) && target.value.includes('\n')) {
      target.value = target.value.replace(/\s*\n\s*/g, ' ');
    }
  }, true);

  document.addEventListener('keydown', (event) => {
    if (event.key !== 'Enter' || !event.target.matches(ABOVE)) return;
    event.preventDefault();
    const fields = fieldsOf(event.target.form).filter(
      (field) => field.matches(ABOVE) || field.closest('.letter'),
    );
    const after = fields.slice(fields.indexOf(event.target) + 1);
    const next = after.find((field) => !field.matches(ABOVE) || field.value);
    if (next) focus(next);
  });
}
