// The deck: the card in front, the next one behind it. An answer shows the next card in the same
// frame and leaves through the outbox; the reply brings what the deck lacks.
(() => {
  'use strict';

  const deck = document.getElementById('deck');
  const undoForm = document.getElementById('undo-form');
  const waiting = document.getElementById('desk-waiting');
  const message = document.getElementById('desk-message');
  const saved = document.getElementById('saved');
  const { update } = document.getElementById('main').dataset;
  const words = document.getElementById('words').dataset;
  const sent = new Set(); // cards answered here, the reply still to come
  let isUndoing = false;

  const cards = () => [...deck.querySelectorAll('[data-card]')];
  const idOf = (card) => card.dataset.card;
  const current = () => cards().find((card) => !card.hidden);
  const order = () => document.getElementById('desk-order').dataset.order.split(' ');
  const state = () => document.getElementById('desk-state');
  const emit = (target, name, detail) =>
    target.dispatchEvent(new CustomEvent(name, { bubbles: true, detail }));

  function announce(text) {
    document.getElementById('announce').textContent = text;
  }

  function show(card) {
    const before = current();
    if (card && card === before) return;
    if (before) before.hidden = true;
    if (card) {
      card.hidden = false;
      window.scrollTo(0, 0);
      card.focus({ preventScroll: true });
      emit(card, 'card:shown');
      announce(words.next);
    }
  }

  function next() {
    const places = order();
    const place = (card) => (places.indexOf(idOf(card)) + 1) || Infinity;
    const free = cards().filter((card) => !sent.has(idOf(card)));
    return free.sort((a, b) => place(a) - place(b))[0];
  }

  // Make the page fit what the server said last: no card twice, none that went to somebody else,
  // but the one in front stays under the annotator's hands unless the project was closed.
  function settle({ again = false } = {}) {
    const isClosed = state().hasAttribute('data-closed');
    const held = new Set(order());
    const seen = new Set();
    for (const card of cards()) {
      const isStale = !held.has(idOf(card)) && !sent.has(idOf(card)) && (card.hidden || isClosed);
      if (isStale || seen.has(idOf(card))) card.remove();
      seen.add(idOf(card));
    }
    const front = current();
    show(front && !again && !sent.has(idOf(front)) ? front : next());
    const isEmpty = !current();
    state().classList.toggle('is-behind', !isEmpty);
    waiting.hidden = !isEmpty || !state().hidden;
  }

  const apply = (html) => htmx.swap(deck, html, { swapStyle: 'none' });
  const refresh = () =>
    htmx.ajax('GET', update, {
      source: deck,
      swap: 'none',
      headers: { 'X-Have': cards().map(idOf).join(' ') },
    });

  function complain(html) {
    message.innerHTML = html;
    announce(message.textContent.trim());
  }

  function post(url, form, button, detail) {
    const fields = [...new FormData(form, button)].filter(([name]) => name !== 'csrfmiddlewaretoken');
    message.replaceChildren();
    emit(document, 'outbox:post', { url, fields, ...detail });
  }

  function onAnswer(event) {
    event.preventDefault();
    const card = event.target.closest('[data-card]');
    if (isUndoing || sent.has(idOf(card))) return;
    emit(card, 'card:leaving');
    const url = event.submitter?.getAttribute('formaction') || event.target.action;
    post(url, event.target, event.submitter, { card: idOf(card) });
    sent.add(idOf(card));
    settle();
  }

  function onUndo(event) {
    event.preventDefault();
    if (isUndoing) return;
    isUndoing = true;
    deck.setAttribute('aria-busy', 'true');
    undoForm.elements.client_token.value = newToken();
    post(undoForm.action, undoForm, null, { isUndo: true });
  }

  // crypto.randomUUID exists on HTTPS and localhost only; an office network may be neither.
  function newToken() {
    const bytes = [...crypto.getRandomValues(new Uint8Array(16))];
    return bytes.map((byte) => byte.toString(16).padStart(2, '0')).join('');
  }

  function onReply({ entry, status, html }) {
    const isGood = status < 300;
    if (entry.isUndo) {
      isUndoing = false;
      deck.removeAttribute('aria-busy');
    }
    sent.delete(entry.card);
    // A refused answer (422, 403) keeps its card: it can be given again. After a conflict the
    // server has the item's answer already.
    if (isGood || status === 409) document.getElementById(`card-${entry.card}`)?.remove();
    if (isGood) {
      apply(html);
      settle({ again: Boolean(entry.isUndo) });
    } else {
      complain(html);
      settle();
      refresh();
    }
  }

  const TROUBLE = {
    network: words.unsaved,
    server: words.unsaved,
    'signed-out': words.signedOut,
  };

  function onState({ waiting: n, trouble }) {
    document.getElementById('signed-out').hidden = trouble !== 'signed-out';
    saved.dataset.state = trouble ? 'trouble' : n ? 'sending' : 'saved';
    if (trouble) saved.firstElementChild.textContent = `${TROUBLE[trouble]} (${n})`;
    if (!trouble && !n) {
      saved.firstElementChild.textContent = `${words.saved} ${new Date().toTimeString().slice(0, 5)}`;
    }
  }

  deck.addEventListener('submit', onAnswer);
  undoForm.addEventListener('submit', onUndo);
  document.addEventListener('outbox:answered', (event) => onReply(event.detail));
  document.addEventListener('outbox:state', (event) => onState(event.detail));
  document.addEventListener('htmx:configRequest', (event) => {
    event.detail.headers['X-Have'] = cards().map(idOf).join(' ');
  });
  document.addEventListener('htmx:afterRequest', () => settle());
  deck.dataset.ready = '';
  if (current()) {
    emit(current(), 'card:shown');
    current().focus({ preventScroll: true });
  }
})();
