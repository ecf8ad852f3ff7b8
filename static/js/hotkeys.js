// A key clicks the element that names it: data-key="u Backspace".
// Inside an open menu with data-keys-scope only that menu's keys count. Never with Ctrl, Alt or
// Meta, never while typing, never repeated by holding a key down.
(() => {
  'use strict';

  const TYPING = 'textarea, select, [contenteditable], input:not([type=checkbox], [type=radio])';
  const OWN_ENTER = 'button, summary, a, [role=button]';

  // What lies in a closed <details> has boxes all the same: only checkVisibility() knows.
  const isShown = (element) => element.checkVisibility() && !element.disabled;
  const isForeign = (key) => /^\p{L}$/u.test(key) && !/^\p{Script=Latin}$/u.test(key);
  // AltGr types a character on many keyboards; Windows reports it as Ctrl with Alt.
  const isCommand = (event) =>
    event.metaKey || ((event.ctrlKey || event.altKey) && !event.getModifierState('AltGraph'));

  // What a key may be called, in the order it is looked for. The row of digits is the row of
  // digits also where it types them with Shift only (French, Czech); where letters are not Latin
  // (Greek, Russian, Arabic) a key is also the one that lies there on an English keyboard.
  function namesOf({ key, code, shiftKey }) {
    const own = key.length === 1 ? key.toLowerCase() : key;
    const digit = /^Digit(\d)$/.exec(code)?.[1];
    const letter = /^Key([A-Z])$/.exec(code)?.[1].toLowerCase();
    if (digit && !shiftKey) return [digit, own];
    return letter && isForeign(own) ? [own, letter] : [own];
  }

  function find(key) {
    const scope = document.querySelector('dialog[open], details[data-keys-scope][open]') || document;
    const named = scope.querySelectorAll(`[data-key~="${CSS.escape(key)}"]`);
    return [...named].find(isShown);
  }

  document.addEventListener('keydown', (event) => {
    if (isCommand(event) || event.isComposing || event.repeat || event.defaultPrevented) return;
    if (event.target.closest?.(TYPING)) return;
    if (event.key === 'Enter' && event.target.closest?.(OWN_ENTER)) return;
    const key = namesOf(event).find(find);
    if (!key) return;
    const element = find(key);
    event.preventDefault();
    if (element.matches(TYPING)) element.focus();
    else element.click();
    document.dispatchEvent(new CustomEvent('hotkey', { detail: { key, element } }));
  });
})();
