// A key clicks the element that names it: data-key="u Backspace".
// Inside an open menu with data-keys-scope only that menu's keys count. Never with Ctrl, Alt or
// Meta, never while typing, never repeated by holding a key down.
(() => {
  'use strict';

  const TYPING = 'textarea, select, [contenteditable], input:not([type=checkbox], [type=radio])';
  const OWN_ENTER = 'button, summary, a, [role=button]';

  // What lies in a closed <details> has boxes all the same: only checkVisibility() knows.
  const isShown = (element) => element.checkVisibility() && !element.disabled;
  const keyOf = (event) => (event.key.length === 1 ? event.key.toLowerCase() : event.key);

  function find(key) {
    const scope = document.querySelector('dialog[open], details[data-keys-scope][open]') || document;
    const named = scope.querySelectorAll(`[data-key~="${CSS.escape(key)}"]`);
    return [...named].find(isShown);
  }

  document.addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey || event.isComposing) return;
    if (event.repeat || event.defaultPrevented || event.target.closest?.(TYPING)) return;
    const key = keyOf(event);
    if (key === 'Enter' && event.target.closest?.(OWN_ENTER)) return;
    const element = find(key);
    if (!element) return;
    event.preventDefault();
    if (element.matches(TYPING)) element.focus();
    else element.click();
    document.dispatchEvent(new CustomEvent('hotkey', { detail: { key, element } }));
  });
})();
