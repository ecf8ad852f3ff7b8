// Answers leave in the order they were given, one at a time, and are sent again, with the token
// they carry, until the server has said something about them.
//
// In:  "outbox:post" {url, fields: [[name, value]], ...}; what else it holds comes back untouched.
// Out: "outbox:answered" {entry, status, html} and "outbox:state" {waiting, trouble}.
(() => {
  'use strict';

  const TIMEOUT = 20_000;
  const PAUSES = [500, 1000, 2000, 4000, 8000];
  const waiting = [];
  let isSending = false;
  let failures = 0;
  let timer = 0;

  const emit = (name, detail) => document.dispatchEvent(new CustomEvent(name, { detail }));
  const tell = (trouble = '') => emit('outbox:state', { waiting: waiting.length, trouble });
  const cookie = (name) => document.cookie.match(`(?:^|; )${name}=([^;]*)`)?.[1] ?? '';
  const shownCards = () => [...document.querySelectorAll('[data-card]')].map((c) => c.dataset.card);

  async function send(entry) {
    const response = await fetch(entry.url, {
      method: 'POST',
      body: new URLSearchParams(entry.fields),
      headers: {
        'HX-Request': 'true',
        // Read at the last moment: signing in again elsewhere gives a new one.
        'X-CSRFToken': cookie('csrftoken'),
        'X-Have': shownCards().join(' '),
      },
      redirect: 'manual',
      signal: AbortSignal.timeout(TIMEOUT),
    });
    if (response.type === 'opaqueredirect') return { trouble: 'signed-out' };
    if (response.status >= 500 || response.status === 429) return { trouble: 'server' };
    return { status: response.status, html: await response.text() };
  }

  async function pump() {
    clearTimeout(timer);
    if (isSending || !waiting.length) return;
    isSending = true;
    const entry = waiting[0];
    const reply = await send(entry).catch(() => ({ trouble: 'network' }));
    isSending = false;
    if (reply.trouble) return later(reply.trouble);
    failures = 0;
    waiting.shift();
    emit('outbox:answered', { entry, ...reply });
    tell();
    return pump();
  }

  function later(trouble) {
    timer = setTimeout(pump, PAUSES[Math.min(failures, PAUSES.length - 1)]);
    failures += 1;
    tell(trouble);
  }

  document.addEventListener('outbox:post', (event) => {
    waiting.push(event.detail);
    tell(failures ? 'network' : '');
    if (!failures) pump();
  });
  window.addEventListener('online', pump);
  window.addEventListener('focus', pump);
  window.addEventListener('beforeunload', (event) => {
    if (waiting.length) event.preventDefault();
  });
})();
