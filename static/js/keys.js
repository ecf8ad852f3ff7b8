// Keys of one's own: a button that takes the next key pressed, and what two actions want said at
// once. The server checks all of it again.
(() => {
  'use strict';

  const form = document.getElementById('own-keys');
  const said = form.querySelector('[data-said]');
  const MODIFIERS = ['Shift', 'Control', 'Alt', 'AltGraph', 'Meta', 'CapsLock', 'Dead'];
  let pressed = null; // the button that waits for a key

  const rows = [...form.querySelectorAll('[data-action]')];
  const fieldOf = (row) => row.querySelector('input');
  const keysOf = (row) => fieldOf(row).value.toLowerCase().split(/\s+/).filter(Boolean);
  const first = new Map(rows.map((row) => [row, fieldOf(row).value]));
  const isChanged = (row) => fieldOf(row).value !== first.get(row);

  function tell(row, words) {
    const error = row.querySelector('.errors');
    if (error.textContent === words) return;
    error.textContent = words;
    fieldOf(row).toggleAttribute('aria-invalid', Boolean(words));
    if (words) fieldOf(row).setAttribute('aria-invalid', 'true');
    if (words) said.textContent = words;
  }

  // What was changed gives way to what was not.
  function check() {
    const owner = new Map();
    const inOrder = [...rows].sort((a, b) => isChanged(a) - isChanged(b));
    for (const row of inOrder) {
      const taken = keysOf(row).find((key) => owner.has(key));
      for (const key of keysOf(row)) if (!owner.has(key)) owner.set(key, row);
      const other = taken && owner.get(taken).dataset.action;
      tell(row, taken ? form.dataset.taken.replace('{key}', taken).replace('{other}', other) : '');
    }
  }

  function stop() {
    pressed?.setAttribute('aria-pressed', 'false');
    pressed = null;
  }

  function begin(button) {
    pressed = button;
    button.setAttribute('aria-pressed', 'true');
    said.textContent = form.dataset.wait;
  }

  form.addEventListener('click', (event) => {
    const button = event.target.closest('[data-press]');
    if (!button) return;
    const isSame = button === pressed;
    stop();
    if (!isSame) begin(button);
  });
  form.addEventListener('focusout', (event) => event.target === pressed && stop());
  form.addEventListener('input', check);

  document.addEventListener('keydown', (event) => {
    if (!pressed || MODIFIERS.includes(event.key) || event.repeat) return;
    if (event.key === 'Tab') return stop();
    event.preventDefault();
    event.stopPropagation();
    const row = pressed.closest('[data-action]');
    stop();
    if (event.key === 'Escape' || event.key === ' ') return;
    fieldOf(row).value = event.key.length === 1 ? event.key.toLowerCase() : event.key;
    said.textContent = `${row.dataset.action}: ${fieldOf(row).value}`;
    check();
  }, true);

  for (const button of form.querySelectorAll('[data-press]')) {
    button.hidden = false;
    button.setAttribute('aria-pressed', 'false');
    button.title = form.dataset.wait;
  }
})();
