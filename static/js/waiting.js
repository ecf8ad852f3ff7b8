// A page that waits looks again by itself: after 3 s, 6, 12 and so on up to a minute. It shows the
// server the stamp of what was there last; while that holds, nothing is searched for. Once the
// pauses are a minute long it is searched all the same.
(() => {
  'use strict';

  const FIRST = 3_000;
  const LONGEST = 60_000;
  let pause = FIRST;
  let timer = 0;

  const state = () => document.getElementById('desk-state');
  const isWaiting = () => !state().hidden && !state().classList.contains('is-behind');
  const title = () => state().querySelector('h2')?.textContent ?? '';

  function later() {
    clearTimeout(timer);
    timer = isWaiting() ? setTimeout(look, pause) : 0;
  }

  async function look() {
    const before = title();
    const isSure = pause >= LONGEST;
    const headers = isSure ? {} : { 'X-Stamp': state().dataset.stamp };
    const { update } = document.getElementById('main').dataset;
    if (document.visibilityState === 'visible') {
      await htmx.ajax('GET', update, { source: state(), swap: 'none', headers }).catch(() => {});
    }
    pause = title() === before ? Math.min(2 * pause, LONGEST) : FIRST;
    later();
  }

  function begin() {
    if (timer || !isWaiting()) return;
    pause = FIRST;
    later();
  }

  document.addEventListener('outbox:answered', begin);
  document.addEventListener('htmx:afterRequest', begin);
  document.addEventListener('visibilitychange', () => {
    if (document.visibilityState === 'visible' && isWaiting()) look();
  });
  document.addEventListener('card:shown', () => {
    clearTimeout(timer);
    timer = 0;
  });
  later();
})();
