// A single answer on a page of its own: the time it took goes with it (static/js/activity.js
// measures).
(() => {
  'use strict';

  const form = document.getElementById('own-answer');
  const tell = (name) => form.parentElement.dispatchEvent(new CustomEvent(name, { bubbles: true }));
  form.addEventListener('submit', () => tell('card:leaving'));
  tell('card:shown');
})();
