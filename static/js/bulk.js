// Many items at once: a class answers those that are chosen. They leave in the same frame and go
// through the outbox as one post; the reply brings the next of the group.
(() => {
  'use strict';

  const work = document.getElementById('bulk-work');
  const form = document.getElementById('bulk-form');
  const tiles = document.getElementById('tiles');
  const undoForm = document.getElementById('undo-form');
  const saved = document.getElementById('saved');
  const closer = document.getElementById('closer');
  const just = document.getElementById('just-answered');
  const words = document.getElementById('words').dataset;
  const sent = new Set(); // tiles answered here, the reply still to come
  const groups = []; // answers given together on this page, the last last
  let isUndoing = false;

  const all = () => [...tiles.querySelectorAll('[data-card]')];
  const shown = () => all().filter((tile) => !tile.hidden);
  const idOf = (tile) => tile.dataset.card;
  const boxOf = (tile) => tile.querySelector('input[type=checkbox]');
  const tokenOf = (tile) => boxOf(tile).value.split(' ')[1];
  const nameOf = (tile) =>
    (tile.querySelector('.tile-text, .tile-fields')?.textContent || tile.querySelector('img')?.alt || '')
      .trim().replace(/\s+/g, ' ').slice(0, 80);
  const chosen = () => shown().filter((tile) => boxOf(tile).checked);
  const said = () => document.getElementById('bulk-group').dataset;
  const emit = (target, name, detail) =>
    target.dispatchEvent(new CustomEvent(name, { bubbles: true, detail }));
  const fill = (text, values) => text.replace(/{([nm])}/g, (_, name) => values[name]);

  function announce(text) {
    document.getElementById('announce').textContent = text;
  }

  function complain(html) {
    document.getElementById('flashes').innerHTML = html;
    announce(document.getElementById('flashes').textContent.trim());
  }

  function count() {
    const n = chosen().length;
    document.getElementById('chosen').textContent = fill(words.chosen, { n, m: shown().length });
  }

  // Make the page fit what the server said last: no tile twice, none that is not held any more.
  function settle() {
    const order = said().order.split(' ');
    const seen = new Set();
    // htmx brings new tiles in a box of their own.
    for (const box of tiles.querySelectorAll(':scope > :not(.tile)')) box.replaceWith(...box.children);
    for (const tile of all()) {
      const id = idOf(tile);
      if ((!order.includes(id) && !sent.has(id)) || seen.has(id)) tile.remove();
      seen.add(id);
    }
    form.hidden = !shown().length;
    emit(tiles, 'choosing:renew');
    count();
  }

  function post(url, fields, detail) {
    document.getElementById('flashes').replaceChildren();
    emit(document, 'outbox:post', { url, fields, bulk: true, ...detail });
  }

  function onAnswer(event) {
    event.preventDefault();
    const mine = chosen();
    if (isUndoing) return;
    if (!mine.length) {
      announce('');
      announce(words.none);
      document.getElementById('chosen').textContent = words.none;
      return;
    }
    emit(work, 'card:leaving');
    const fields = [...new FormData(form, event.submitter)]
      .filter(([name]) => name !== 'csrfmiddlewaretoken');
    const { group } = said();
    fields.push(['group', group]);
    groups.push({ group, items: mine.map((tile) => ({ token: tokenOf(tile), name: nameOf(tile) })) });
    for (const tile of mine) {
      tile.hidden = true;
      boxOf(tile).checked = false;
      sent.add(idOf(tile));
    }
    const { action } = form;
    post(action, fields, { ids: mine.map(idOf) });
    for (const box of form.querySelectorAll('.choices input:checked')) box.checked = false;
    announce(fill(words.answered, { n: mine.length }));
    emit(work, 'card:shown');
    emit(tiles, 'choosing:renew');
    count();
    focusFirst();
    listJust();
  }

  function focusFirst() {
    const first = shown()[0];
    if (first) boxOf(first).focus({ preventScroll: true });
  }

  function onUndo(event) {
    const last = groups[groups.length - 1];
    if (!last) return; // an answer of before this page: the plain form takes the last one back
    event.preventDefault();
    takeBack(last, last.items);
  }

  function takeBack(from, items) {
    if (isUndoing) return;
    isUndoing = true;
    tiles.setAttribute('aria-busy', 'true');
    const fields = items.map(({ token }) => ['token', token]);
    fields.push(['client_token', newToken()], ['group', from.group]);
    post(form.dataset.undo, fields, { undoes: { from, items } });
  }

  // crypto.randomUUID exists on HTTPS and localhost only; an office network may be neither.
  function newToken() {
    const bytes = [...crypto.getRandomValues(new Uint8Array(16))];
    return bytes.map((byte) => byte.toString(16).padStart(2, '0')).join('');
  }

  function forget({ from, items }) {
    from.items = from.items.filter((each) => !items.includes(each));
    if (!from.items.length) groups.splice(groups.indexOf(from), 1);
    listJust();
  }

  function listJust() {
    const last = groups[groups.length - 1];
    just.hidden = !last;
    just.querySelector('ul').replaceChildren(...(last?.items ?? []).map((item) => {
      const row = document.createElement('li');
      const name = document.createElement('span');
      name.textContent = item.name;
      name.dir = 'auto';
      const button = document.createElement('button');
      button.type = 'button';
      button.className = 'button quiet';
      button.textContent = words.takeBack;
      button.setAttribute('aria-label', `${words.takeBack}: ${item.name}`);
      button.addEventListener('click', () => takeBack(last, [item]));
      row.append(name, button);
      return row;
    }));
  }

  function onReply({ entry, status, html }) {
    if (!entry.bulk) return;
    const isGood = status < 300;
    if (entry.undoes) {
      isUndoing = false;
      tiles.removeAttribute('aria-busy');
      if (isGood || status === 409) forget(entry.undoes);
      if (isGood) announce(words.back);
    }
    for (const id of entry.ids ?? []) {
      sent.delete(id);
      const tile = document.getElementById(`card-${id}`);
      if (isGood) tile?.remove();
      else if (tile) tile.hidden = false;
    }
    if (isGood) htmx.swap(tiles, html, { swapStyle: 'none' });
    else {
      complain(html);
      emit(document, 'outbox:forget', { id: entry.id });
    }
    settle();
    if (entry.undoes) focusFirst();
  }

  function onState({ waiting: n, trouble }) {
    const told = { 'signed-out': words.signedOut, 'other-person': words.otherPerson };
    document.getElementById('signed-out').hidden = !told[trouble];
    saved.dataset.state = trouble ? 'trouble' : n ? 'sending' : 'saved';
    if (trouble) saved.firstElementChild.textContent = `${told[trouble] || words.unsaved} (${n})`;
    if (!trouble && !n) {
      saved.firstElementChild.textContent = `${words.saved} ${new Date().toTimeString().slice(0, 5)}`;
    }
  }

  function lookCloser(tile) {
    const item = tile.querySelector('label').cloneNode(true);
    item.querySelector('input').remove();
    const image = item.querySelector('img');
    if (image) image.src = image.dataset.full;
    const box = document.createElement('div');
    box.append(...item.childNodes);
    document.getElementById('closer-item').replaceChildren(box);
    closer.showModal();
  }

  form.addEventListener('submit', onAnswer);
  undoForm.addEventListener('submit', onUndo);
  tiles.addEventListener('choosing:changed', count);
  tiles.addEventListener('click', (event) => {
    const button = event.target.closest('[data-closer]');
    if (button) lookCloser(button.closest('[data-card]'));
  });
  document.addEventListener('outbox:answered', (event) => onReply(event.detail));
  document.addEventListener('outbox:state', (event) => onState(event.detail));
  document.addEventListener('htmx:configRequest', (event) => {
    event.detail.headers['X-Have'] = all().map(idOf).join(' ');
  });
  document.addEventListener('htmx:afterRequest', settle);
  tiles.dataset.ready = '';
  emit(work, 'card:shown');
  settle();
  focusFirst();
})();
