// While somebody works here their items stay theirs; when the page is closed they go back soon.
(() => {
  'use strict';

  const QUIET = 5 * 60_000;
  const { beat, leave, beatSeconds } = document.getElementById('main').dataset;
  let lastInput = Date.now();

  // From the cookie, not from a form: signing in again elsewhere gives a new one.
  const body = () => {
    const token = document.cookie.match(/(?:^|; )csrftoken=([^;]*)/)?.[1] ?? '';
    return new URLSearchParams({ csrfmiddlewaretoken: token });
  };

  const tell = ({ headers }) =>
    document.dispatchEvent(new CustomEvent('desk:beat', { detail: { headers } }));

  function renew() {
    const isAtWork = document.visibilityState === 'visible' && Date.now() - lastInput < QUIET;
    if (isAtWork && navigator.onLine) {
      fetch(beat, { method: 'POST', body: body(), redirect: 'manual' }).then(tell, () => {});
    }
  }

  setInterval(renew, 1000 * Number(beatSeconds));
  for (const name of ['keydown', 'pointerdown', 'pointermove', 'wheel']) {
    document.addEventListener(name, () => { lastInput = Date.now(); }, { passive: true });
  }
  window.addEventListener('pagehide', () => navigator.sendBeacon(leave, body()));
  // Brought back from the browser's memory: what it shows may long be answered.
  window.addEventListener('pageshow', (event) => { if (event.persisted) location.reload(); });
})();
