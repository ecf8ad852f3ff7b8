// What people do leaves in the order it was done, one thing at a time, and is sent again, with the
// token it carries, until the server has said something about it. Until then it is kept in the
// browser: a closed tab, a reload or a crash loses nothing, and the next visit of the same person
// sends it first. Nobody else's is ever sent.
//
// In:  "outbox:post" {url, fields: [[name, value]], ...}; what else it holds comes back untouched.
//      "outbox:withdraw" {}: sets `entry` to the last answer if nobody can have seen it yet.
//      "outbox:forget" {id}: a refusal was read. "outbox:try": send now.
// Out: "outbox:ready" {waiting, refused}, once: what an earlier visit left.
//      "outbox:kept" {entry}: stored. "outbox:answered" {entry, status, html}; "outbox:elsewhere"
//      is the same for what another page of the project has left.
//      "outbox:state" {waiting, trouble}.
(() => {
  'use strict';

  const TIMEOUT = 20_000;
  const PAUSES = [500, 1000, 2000, 4000, 8000];
  // A store that hangs must not hold the page up.
  const PATIENCE = 150;
  const { person, project, update } = document.getElementById('main').dataset;
  const place = `${person}/${project}`;
  const tab = [...crypto.getRandomValues(new Uint32Array(4))].join('-');
  const waiting = [];
  let isReady = false;
  let isSending = false;
  let failures = 0;
  let trouble = '';
  let timer = 0;

  const emit = (name, detail) => document.dispatchEvent(new CustomEvent(name, { detail }));
  const tell = () => emit('outbox:state', { waiting: waiting.length, trouble });
  const cookie = (name) => document.cookie.match(`(?:^|; )${name}=([^;]*)`)?.[1] ?? '';
  const shownCards = () => [...document.querySelectorAll('[data-card]')].map((c) => c.dataset.card);
  const pause = (time) => new Promise((resolve) => { setTimeout(resolve, time); });

  // The store: IndexedDB, where there is none localStorage. Both: add, put, remove, all.

  function inDatabase(database) {
    const run = (mode, act) => new Promise((resolve, reject) => {
      const change = database.transaction('outbox', mode, { durability: 'relaxed' });
      const request = act(change.objectStore('outbox'));
      change.oncomplete = () => resolve(request.result);
      change.onabort = change.onerror = () => reject(change.error);
    });
    return {
      add: (entry) => run('readwrite', (table) => table.add(entry)),
      put: (entry) => run('readwrite', (table) => table.put(entry)),
      remove: (id) => run('readwrite', (table) => table.delete(id)),
      all: () => run('readonly', (table) => table.index('place').getAll(place)),
    };
  }

  function inStorage() {
    const name = `outbox:${place}`;
    const read = () => JSON.parse(localStorage.getItem(name) || '[]');
    const write = (all) => localStorage.setItem(name, JSON.stringify(all));
    const without = (id) => read().filter((each) => each.id !== id);
    return {
      async add(entry) {
        const id = 1 + Math.max(0, ...read().map((each) => each.id));
        write([...read(), { ...entry, id }]);
        return id;
      },
      async put(entry) { write([...without(entry.id), entry]); },
      async remove(id) { write(without(id)); },
      async all() { return read(); },
    };
  }

  function openStore() {
    return new Promise((resolve, reject) => {
      const request = indexedDB.open('alapp', 1);
      request.onupgradeneeded = () => {
        const options = { keyPath: 'id', autoIncrement: true };
        request.result.createObjectStore('outbox', options).createIndex('place', 'place');
      };
      request.onsuccess = () => resolve(inDatabase(request.result));
      request.onerror = () => reject(request.error);
    }).catch(inStorage);
  }

  const store = openStore();
  // Deferred scripts that run after this one listen from then on.
  const others = new Promise((resolve) => {
    document.addEventListener('DOMContentLoaded', resolve, { once: true });
  });
  const stored = ({ kept, isTried, ...entry }) => entry;

  async function write(entry) {
    entry.id = await (await store).add(stored(entry));
    entry.isStored = true;
  }

  // What an earlier visit left. An entry belongs to one tab; a tab that is gone holds no lock.

  const locks = navigator.locks;
  locks?.request(`outbox:${tab}`, () => new Promise(() => {}));

  function before() {
    // A reload: this tab under its earlier name, whose lock may go a moment after the page.
    const name = sessionStorage.getItem('outbox-tab');
    sessionStorage.setItem('outbox-tab', tab);
    return name;
  }

  async function takeOver(other) {
    for (const found of await (await store).all()) {
      if (found.tab !== other || found.refused || waiting.some((each) => each.id === found.id)) continue;
      const entry = { ...found, tab, isTried: true, isStored: true };
      await (await store).put(stored(entry));
      waiting.push(entry);
    }
    waiting.sort((a, b) => (a.id ?? Infinity) - (b.id ?? Infinity));
  }

  async function findLeft() {
    const earlier = before();
    const found = await (await store).all();
    const tabs = new Set(found.filter((each) => !each.refused).map((each) => each.tab));
    for (const other of tabs) {
      // Without locks nobody knows whether the other tab lives: sent by both, recorded once.
      if (other === earlier || !locks) await takeOver(other);
      else await locks.request(`outbox:${other}`, { ifAvailable: true }, (lock) => lock && takeOver(other));
    }
    for (const other of tabs) locks?.request(`outbox:${other}`, () => takeOver(other).then(pump));
    return found.filter((each) => each.refused);
  }

  async function begin() {
    const left = findLeft().catch(() => []);
    const refused = await Promise.race([left, pause(10 * PATIENCE).then(() => [])]);
    await others;
    isReady = true;
    emit('outbox:ready', { waiting: [...waiting], refused });
    if (waiting.length) tell();
    pump();
  }

  // Sending

  async function send(entry) {
    const response = await fetch(entry.url, {
      method: 'POST',
      body: new URLSearchParams(entry.fields),
      headers: {
        'HX-Request': 'true',
        // Read at the last moment: signing in again elsewhere gives a new one.
        'X-CSRFToken': cookie('csrftoken'),
        'X-Have': shownCards().join(' '),
        'X-Person': person,
      },
      redirect: 'manual',
      signal: AbortSignal.timeout(TIMEOUT),
    });
    if (response.type === 'opaqueredirect') return { trouble: 'signed-out' };
    if (response.status === 401) return { trouble: 'other-person' };
    if (response.headers.get('X-Refused') === 'csrf') return { trouble: await renewToken() };
    if (response.status >= 500 || response.status === 429) return { trouble: 'server' };
    return { status: response.status, html: await response.text() };
  }

  // The cookie is gone or of another session: any page brings a new one, if one is signed in.
  async function renewToken() {
    const page = await fetch(update, { redirect: 'manual', headers: { 'X-Person': person } });
    if (page.status === 401) return 'other-person';
    return page.type === 'opaqueredirect' ? 'signed-out' : 'server';
  }

  async function pump() {
    clearTimeout(timer);
    if (!isReady || isSending || !waiting.length) return;
    isSending = true;
    const entry = waiting[0];
    entry.isTried = true;
    await entry.kept;
    const reply = await send(entry).catch(() => ({ trouble: 'network' }));
    isSending = false;
    if (reply.trouble) {
      later(reply.trouble);
      return;
    }
    failures = 0;
    trouble = '';
    waiting.splice(waiting.indexOf(entry), 1);
    await close(entry, reply);
    // What another page of the project left is sent from here, but its reply is none of this one's.
    const isHere = entry.page === location.pathname;
    if (isHere) emit('outbox:answered', { entry, ...reply });
    else emit('outbox:elsewhere', { entry, ...reply });
    tell();
    pump();
  }

  // A refusal stays until somebody has read it, also over a reload.
  async function close(entry, reply) {
    if (!entry.isStored) return;
    if (reply.status < 300) await (await store).remove(entry.id).catch(() => {});
    else await (await store).put({ ...stored(entry), refused: reply.html }).catch(() => {});
  }

  function later(why) {
    trouble = why;
    timer = setTimeout(pump, PAUSES[Math.min(failures, PAUSES.length - 1)]);
    failures += 1;
    tell();
  }

  function post(detail) {
    const entry = { ...detail, place, tab, page: location.pathname };
    entry.kept = Promise.race([write(entry).catch(() => {}), pause(PATIENCE)]);
    entry.kept.then(() => emit('outbox:kept', { entry }));
    waiting.push(entry);
    tell();
    if (!failures) pump();
  }

  function withdraw(detail) {
    const last = waiting.findLast((each) => !each.isRemark);
    if (!last || last.isTried || last.isUndo) return;
    waiting.splice(waiting.indexOf(last), 1);
    last.kept.then(async () => (await store).remove(last.id)).catch(() => {});
    detail.entry = last;
    tell();
  }

  document.addEventListener('outbox:post', (event) => post(event.detail));
  document.addEventListener('outbox:withdraw', (event) => withdraw(event.detail));
  document.addEventListener('outbox:try', pump);
  document.addEventListener('outbox:forget', async ({ detail }) => (await store).remove(detail.id));
  window.addEventListener('online', pump);
  window.addEventListener('focus', pump);
  window.addEventListener('beforeunload', (event) => {
    if (waiting.some((each) => !each.isStored)) event.preventDefault();
  });
  begin();
})();
