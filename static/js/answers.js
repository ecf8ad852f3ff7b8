// One's own answers: arrows go from row to row, Enter opens, Escape leaves. Rows are links, so all
// of it works without this too.
(() => {
  'use strict';

  const TYPING = 'textarea, select, input:not([type=checkbox], [type=radio])';
  const rows = () => [...document.querySelectorAll('[data-row]')];

  function move(event, step) {
    const all = rows();
    const at = all.indexOf(document.activeElement);
    const goal = all[at < 0 ? 0 : at + step];
    if (!goal) return;
    event.preventDefault();
    goal.focus();
    goal.scrollIntoView({ block: 'nearest' });
  }

  // Before menus close: an Escape that closes one leaves nothing else.
  document.addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey || event.isComposing) return;
    const isTyping = event.target.closest?.(TYPING);
    if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      if (!isTyping || (event.key === 'ArrowDown' && isTyping.type === 'search')) {
        move(event, event.key === 'ArrowDown' ? 1 : -1);
      }
    } else if (event.key === 'Escape') {
      if (isTyping) {
        // The search keeps its own Escape, which empties it; the next one leaves.
        if (isTyping.value) return;
        isTyping.blur();
        return;
      }
      if (document.querySelector('details[data-menu][open], dialog[open], .tip:popover-open')) return;
      document.querySelector('[data-escape]')?.click();
    }
  }, true);

  const card = document.querySelector('[data-card]');
  if (card) {
    card.focus({ preventScroll: true });
    card.dispatchEvent(new CustomEvent('card:shown', { bubbles: true }));
  }
})();
