// Guidelines beside the item: opening them is noted, once per version; when the lead changes them
// the panel says so at the next heartbeat, and never opens or closes by itself.
(() => {
  'use strict';

  const panel = () => document.getElementById('guidelines');
  let isFetching = false;

  async function noteRead() {
    const { number, read } = panel().dataset;
    const token = document.cookie.match(/(?:^|; )csrftoken=([^;]*)/)?.[1] ?? '';
    const body = new URLSearchParams({ number, csrfmiddlewaretoken: token });
    const reply = await fetch(read, { method: 'POST', body, redirect: 'manual' }).catch(() => null);
    // Not noted: the badge stays, and opening them again tries again.
    if (reply?.status !== 204 || panel().dataset.number !== number) return;
    panel().removeAttribute('data-unread');
    panel().querySelector('[data-changed]')?.remove();
  }

  const isToNote = () => panel().open && panel().hasAttribute('data-unread');

  async function bring() {
    isFetching = true;
    const wasOpen = Boolean(panel().open);
    const reply = await fetch(panel().dataset.source, { headers: { 'HX-Request': 'true' }, redirect: 'manual' })
      .catch(() => null);
    isFetching = false;
    if (reply?.status !== 200) return;
    const fresh = new DOMParser().parseFromString(await reply.text(), 'text/html').getElementById('guidelines');
    const hadFocus = panel().contains(document.activeElement);
    panel().replaceWith(document.adoptNode(fresh));
    panel().toggleAttribute('data-was-open', wasOpen);
    panel().open = wasOpen;
    if (hadFocus) panel().querySelector('summary')?.focus();
    document.getElementById('announce').textContent =
      panel().querySelector('[data-changed]')?.closest('summary').textContent ?? '';
    watch();
  }

  // Whoever has the panel open while it changes has not read the change yet: a click or a key in
  // it, or opening it again, says that they have.
  function watch() {
    panel().addEventListener('toggle', () => {
      const opensAnew = !panel().hasAttribute('data-was-open');
      panel().removeAttribute('data-was-open');
      if (opensAnew && isToNote()) noteRead();
    });
    panel().addEventListener('pointerdown', () => isToNote() && noteRead());
    panel().addEventListener('keydown', () => isToNote() && noteRead());
  }

  document.addEventListener('desk:beat', ({ detail: { headers } }) => {
    const number = headers.get('X-Guidelines');
    if (number && !isFetching && number !== panel().dataset.number) bring();
  });
  watch();
  if (isToNote()) noteRead();
})();
