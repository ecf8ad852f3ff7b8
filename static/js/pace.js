// How one's day goes, and a hint at a break. The server's figures come with the page; from
// there it counts on by itself.
(() => {
  'use strict';

  const MINUTE = 60_000;
  const TICK = 10_000;
  const REST = 5 * MINUTE; // so long without input is a break
  const pace = document.getElementById('pace');
  const hint = document.getElementById('break-hint');
  const limit = Number(pace.dataset.break) * MINUTE;
  let labels = Number(pace.dataset.labels);
  let active = Number(pace.dataset.active);
  let lastInput = Date.now();

  // Over a reload too, but for this tab only.
  const store = {
    get: () => JSON.parse(sessionStorage.getItem('pace') ?? '{"worked": 0, "at": 0}'),
    set: (value) => sessionStorage.setItem('pace', JSON.stringify(value)),
  };

  function draw() {
    pace.querySelector('[data-pace=labels]').textContent = labels;
    pace.querySelector('[data-pace=minutes]').textContent = Math.floor(active / MINUTE);
  }

  function suggest(worked) {
    const words = hint.querySelector('p');
    words.textContent = words.dataset.text.replace('{minutes}', Math.round(worked / MINUTE));
    hint.hidden = false;
  }

  function tick() {
    const now = Date.now();
    const isActive = document.visibilityState === 'visible' && document.hasFocus()
      && now - lastInput < MINUTE;
    const { worked, at } = store.get();
    if (!isActive) {
      if (at && now - at >= REST) {
        store.set({ worked: 0, at: 0 });
        hint.hidden = true;
      }
      return;
    }
    const total = (now - at < REST ? worked : 0) + TICK;
    store.set({ worked: total, at: now });
    if (limit && total >= limit && hint.hidden) suggest(total);
  }

  hint.querySelector('button').addEventListener('click', () => {
    hint.hidden = true;
    store.set({ worked: 0, at: Date.now() });
    document.querySelector('[data-card]:not([hidden])')?.focus({ preventScroll: true });
  });
  document.addEventListener('card:leaving', (event) => {
    active += Number(event.target.querySelector('form')?.elements.active_ms.value ?? 0);
    draw();
  });
  document.addEventListener('outbox:answered', ({ detail: { entry, status } }) => {
    if (status >= 300) return;
    if (entry.isUndo) labels = Math.max(labels - 1, 0);
    else if (entry.url.endsWith('/answer/')) labels += 1;
    draw();
  });
  for (const name of ['keydown', 'pointerdown', 'pointermove', 'wheel', 'touchmove']) {
    document.addEventListener(name, () => { lastInput = Date.now(); }, { passive: true, capture: true });
  }
  setInterval(tick, TICK);
})();
