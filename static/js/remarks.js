// The comment field of a card: opened it has the focus, Enter sends, Escape goes back to the card.
(() => {
  'use strict';

  const fieldOf = (event) => event.target.closest?.('[data-comment]');

  function leave(field) {
    field.closest('details').open = false;
    field.closest('[data-card]').focus({ preventScroll: true });
  }

  // Opened here, not by the browser, which says so a moment later: what is typed meanwhile would
  // be taken for keys.
  document.addEventListener('click', (event) => {
    const summary = event.target.closest('summary');
    const field = summary?.parentElement.querySelector('[data-comment]');
    if (!field || summary.parentElement.open) return;
    event.preventDefault();
    summary.parentElement.open = true;
    field.focus();
  });

  document.addEventListener('keydown', (event) => {
    const field = fieldOf(event);
    if (!field || event.isComposing) return;
    if (event.key === 'Escape') {
      event.preventDefault();
      leave(field);
    }
    if (event.key === 'Enter' && !event.shiftKey) {
      event.preventDefault();
      if (field.value.trim()) field.closest('details').querySelector('[data-remark]').click();
      else leave(field);
    }
  }, true);
})();
