// How long somebody really looked at a card: only while the page is in front, and at most a
// minute beyond the last key, click, touch or scroll.
(() => {
  'use strict';

  const IDLE = 60_000;
  let shownAt = performance.now();
  let lastInput = shownAt;
  let since = null;
  let active = 0;

  const isInFront = () => document.visibilityState === 'visible' && document.hasFocus();

  function count() {
    const now = performance.now();
    if (since !== null) active += Math.max(0, Math.min(now, lastInput + IDLE) - since);
    since = isInFront() ? now : null;
  }

  function onInput() {
    count();
    lastInput = performance.now();
  }

  document.addEventListener('card:shown', () => {
    count();
    shownAt = lastInput = performance.now();
    active = 0;
  });
  document.addEventListener('card:leaving', (event) => {
    count();
    const form = event.target.querySelector('form');
    form.elements.active_ms.value = Math.round(active);
    form.elements.wall_ms.value = Math.round(performance.now() - shownAt);
  });

  for (const name of ['keydown', 'pointerdown', 'pointermove', 'wheel', 'touchmove', 'scroll']) {
    document.addEventListener(name, onInput, { passive: true, capture: true });
  }
  document.addEventListener('visibilitychange', count);
  window.addEventListener('focus', onInput);
  window.addEventListener('blur', count);
  count();
})();
