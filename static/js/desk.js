// The deck: the card in front, the next one behind it. An answer is kept in the outbox, and the
// next card stands there in the same frame; the reply brings what the deck lacks.
(() => {
  'use strict';

  const deck = document.getElementById('deck');
  const undoForm = document.getElementById('undo-form');
  const waiting = document.getElementById('desk-waiting');
  const message = document.getElementById('desk-message');
  const refused = document.getElementById('refused');
  const saved = document.getElementById('saved');
  const { update, person, project } = document.getElementById('main').dataset;
  const words = document.getElementById('words').dataset;
  const EXCERPT = 80;
  const hint = `sent:${person}/${project}`;
  const sent = new Set(); // cards answered here, the reply still to come
  let isUndoing = false;

  const cards = () => [...deck.querySelectorAll('[data-card]')];
  const idOf = (card) => card.dataset.card;
  const cardOf = (id) => document.getElementById(`card-${id}`);
  const current = () => cards().find((card) => !card.hidden);
  const order = () => document.getElementById('desk-order').dataset.order.split(' ');
  const state = () => document.getElementById('desk-state');
  const emit = (target, name, detail) =>
    target.dispatchEvent(new CustomEvent(name, { bubbles: true, detail }));

  function announce(text) {
    document.getElementById('announce').textContent = text;
  }

  // What was answered and waits is hidden from the first frame on when the page is opened again.
  function remember() {
    try {
      localStorage.setItem(hint, [...sent].join(' '));
    } catch { /* the outbox tells a moment later */ }
  }

  function hideRemembered() {
    for (const id of (localStorage.getItem(hint) ?? '').split(' ')) {
      if (cardOf(id)) sent.add(id);
    }
    for (const card of cards()) if (sent.has(idOf(card))) card.hidden = true;
  }

  // Focus is on the card, on an open dialog or menu of it, or on what stands in its place.
  function focusWork() {
    const focused = document.activeElement;
    if (document.querySelector('dialog[open]')) return;
    if (focused !== document.body && focused?.checkVisibility() && !focused.closest('dialog')) return;
    const place = current() || (waiting.hidden ? state() : waiting);
    place.focus({ preventScroll: true });
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
    remember();
    focusWork();
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

  // What a refusal is about, in words that can still be read when the card is long gone.
  function told(card, button) {
    const nameOf = (choice) => choice.querySelector('.choice-name').textContent;
    const chosen = [...card.querySelectorAll('.choice:has(:checked)')].map(nameOf);
    const item = card.querySelector('.item').innerText.trim().slice(0, EXCERPT);
    if (button?.name === 'reason') return { item, answer: words.skipped };
    if (button?.matches('.choice')) return { item, answer: nameOf(button) };
    return { item, answer: chosen.join(', ') || words.nothing };
  }

  function onAnswer(event) {
    event.preventDefault();
    const card = event.target.closest('[data-card]');
    const button = event.submitter;
    if (button?.hasAttribute('data-remark')) {
      remark(card, button);
      return;
    }
    if (isUndoing || sent.has(idOf(card))) return;
    // A comment somebody wrote and did not send is not lost with its card.
    const comment = card.querySelector('[data-comment]');
    if (comment?.value.trim()) remark(card, comment.closest('details').querySelector('[data-remark]'));
    emit(card, 'card:leaving');
    sent.add(idOf(card));
    const url = button?.getAttribute('formaction') || event.target.action;
    post(url, event.target, button, { card: idOf(card), told: told(card, button) });
  }

  function remark(card, button) {
    const form = button.form;
    post(button.getAttribute('formaction'), form, button, { isRemark: true, told: told(card, button) });
    form.elements.remark_token.value = newToken();
    const isComment = button.value === 'comment';
    if (isComment) form.elements.text.value = '';
    button.closest('details').open = false;
    card.focus({ preventScroll: true });
    announce(isComment ? words.commented : words.flagged);
  }

  function onKept({ entry }) {
    if (sent.has(entry.card)) settle();
  }

  function onUndo(event) {
    event.preventDefault();
    if (isUndoing) return;
    const last = {};
    emit(document, 'outbox:withdraw', last);
    if (last.entry) {
      bringBack(last.entry.card);
      return;
    }
    isUndoing = true;
    deck.setAttribute('aria-busy', 'true');
    undoForm.elements.client_token.value = newToken();
    post(undoForm.action, undoForm, null, { isUndo: true });
  }

  // The answer was still here and nobody has seen it: its card just comes back.
  function bringBack(id) {
    sent.delete(id);
    show(cardOf(id));
    settle();
    announce(words.undone);
  }

  // crypto.randomUUID exists on HTTPS and localhost only; an office network may be neither.
  function newToken() {
    const bytes = [...crypto.getRandomValues(new Uint8Array(16))];
    return bytes.map((byte) => byte.toString(16).padStart(2, '0')).join('');
  }

  function endUndo() {
    isUndoing = false;
    deck.removeAttribute('aria-busy');
  }

  function onReply({ entry, status, html }) {
    const isGood = status < 300;
    const isWaitedFor = isUndoing;
    if (entry.isUndo) endUndo();
    sent.delete(entry.card);
    if (!isGood) refuse(entry, status, html);
    if (entry.isRemark) return;
    // A refused answer (422, 403) keeps its card: it can be given again. After a conflict the
    // server has the item's answer already.
    if (isGood || status === 409) cardOf(entry.card)?.remove();
    if (isGood) {
      apply(html);
      settle({ again: Boolean(entry.isUndo) && isWaitedFor });
      if (entry.isUndo) announce(words.undone);
    } else {
      settle();
      refresh();
    }
  }

  // Told beside the card where it can be mended at once, else in a list that stays until read.
  function refuse(entry, status, html) {
    const isHere = entry.isUndo || (cardOf(entry.card) && status !== 409);
    if (isHere) {
      complain(html);
      emit(document, 'outbox:forget', { id: entry.id });
    } else {
      list(entry, html);
    }
  }

  function list({ id, told: { item, answer } = {} }, html) {
    const line = document.createElement('div');
    const about = document.createElement('p');
    const button = document.createElement('button');
    const why = new DOMParser().parseFromString(html, 'text/html').body.textContent;
    line.className = 'flash error';
    about.textContent = `${words.refused}: “${item}” (${answer}). ${why.trim().replace(/\s+/g, ' ')}`;
    button.type = 'button';
    button.className = 'button quiet';
    button.textContent = words.dismiss;
    button.addEventListener('click', () => {
      line.remove();
      refused.hidden = !refused.children.length;
      emit(document, 'outbox:forget', { id });
      focusWork();
    });
    line.append(about, button);
    refused.append(line);
    refused.hidden = false;
  }

  const TROUBLE = {
    network: words.unsaved,
    server: words.unsaved,
    'signed-out': words.signedOut,
    'other-person': words.otherPerson,
  };

  function onState({ waiting: n, trouble }) {
    document.getElementById('signed-out').hidden = !['signed-out', 'other-person'].includes(trouble);
    saved.dataset.state = trouble ? 'trouble' : n ? 'sending' : 'saved';
    if (trouble) saved.firstElementChild.textContent = `${TROUBLE[trouble]} (${n})`;
    if (trouble && isUndoing) {
      // Whoever has no connection goes on; what was taken back comes when it is there again.
      endUndo();
      announce(words.undoWaits);
    }
    if (!trouble && !n) {
      saved.firstElementChild.textContent = `${words.saved} ${new Date().toTimeString().slice(0, 5)}`;
    }
  }

  function onReady({ waiting: left, refused: unread }) {
    for (const id of remembered) sent.delete(id);
    for (const { card } of left) if (card) sent.add(card);
    for (const entry of unread) list(entry, entry.refused);
    const isBehind = current() && !sent.has(idOf(current()));
    settle();
    if (isBehind) {
      emit(current(), 'card:shown');
      current().focus({ preventScroll: true });
    }
    deck.dataset.ready = '';
  }

  hideRemembered();
  const remembered = [...sent];
  deck.addEventListener('submit', onAnswer);
  undoForm.addEventListener('submit', onUndo);
  document.addEventListener('outbox:ready', (event) => onReady(event.detail));
  document.addEventListener('outbox:kept', (event) => onKept(event.detail));
  document.addEventListener('outbox:answered', (event) => onReply(event.detail));
  document.addEventListener('outbox:elsewhere', ({ detail: { entry, status, html } }) => {
    if (status >= 300) list(entry, html);
    refresh();
  });
  document.addEventListener('outbox:state', (event) => onState(event.detail));
  document.addEventListener('htmx:configRequest', (event) => {
    event.detail.headers['X-Have'] = cards().map(idOf).join(' ');
    event.detail.headers['X-Person'] = person;
  });
  document.addEventListener('htmx:afterRequest', () => settle());
  document.addEventListener('close', () => current()?.focus({ preventScroll: true }), true);
})();
