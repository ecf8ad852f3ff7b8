// Long items: Space turns a page of what is seen above the answers, a fade says that there is more,
// and an item shown again is where it was left.
(() => {
  'use strict';

  // The browser's own memory is of the page, not of the item on it.
  history.scrollRestoration = 'manual';
  const OWN_SPACE = 'button, summary, a, input, textarea, select, [role=button], [contenteditable], dialog';
  const OVERLAP = 48; // of the page before, so that no line is lost
  const KEPT = 'reading:places';
  const MOST = 50;
  const places = new Map(JSON.parse(sessionStorage.getItem(KEPT) ?? '[]'));

  const card = () => document.querySelector('[data-card]:not([hidden])');
  const idOf = (each) => each.dataset.card;
  const calm = matchMedia('(prefers-reduced-motion: reduce)');

  // The answers stay on screen over the end of the item: what they cover is not read yet.
  function pageHeight() {
    const covered = card()?.querySelector('.answers')?.getBoundingClientRect();
    return (covered ? Math.min(covered.top, innerHeight) : innerHeight) - OVERLAP;
  }

  function turn(direction, behavior = calm.matches ? 'instant' : 'smooth') {
    scrollBy({ top: direction * Math.max(pageHeight(), 80), behavior });
  }

  let shown = null;
  function mark() {
    const now = card();
    if (!now) return;
    const end = now.querySelector('.item').getBoundingClientRect().bottom;
    const top = now.querySelector('.answers').getBoundingClientRect().top;
    now.toggleAttribute('data-more', end > top + 4);
    // A card the desk has not shown yet stands at the top: that is no place it was left at.
    if (idOf(now) === shown) places.set(idOf(now), scrollY);
  }

  let isAsked = false;
  function soon() {
    if (isAsked) return;
    isAsked = true;
    requestAnimationFrame(() => {
      isAsked = false;
      mark();
    });
  }

  const direction = ({ key, shiftKey }) => {
    if (key === ' ') return shiftKey ? -1 : 1;
    return { PageDown: 1, PageUp: -1 }[key] ?? 0;
  };

  document.addEventListener('keydown', (event) => {
    const by = direction(event);
    if (!by || event.defaultPrevented || event.ctrlKey || event.altKey || event.metaKey) return;
    if (event.target.closest?.(OWN_SPACE) || document.querySelector('dialog[open]')) return;
    event.preventDefault();
    turn(by);
  });
  document.addEventListener('click', (event) => {
    if (event.target.closest('[data-scrolls]')) turn(1);
  });
  document.addEventListener('card:shown', (event) => {
    shown = idOf(event.target);
    scrollTo({ top: places.get(shown) ?? 0, behavior: 'instant' });
    soon();
  });
  window.addEventListener('pagehide', () => {
    sessionStorage.setItem(KEPT, JSON.stringify([...places].slice(-MOST)));
  });
  document.addEventListener('scroll', soon, { passive: true });
  document.addEventListener('toggle', soon, true);
  document.addEventListener('load', soon, true);
  new ResizeObserver(soon).observe(document.body);
})();
