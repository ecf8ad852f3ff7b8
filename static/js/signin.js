// Signing in where one is: the session has ended, the page and what waits on it stay. The form goes
// to the ordinary sign-in; who is signed in then is asked before anything else is sent.
(() => {
  'use strict';

  const dialog = document.getElementById('sign-in');
  const form = dialog.querySelector('form');
  const alarm = form.querySelector('[role=alert]');
  const words = document.getElementById('words').dataset;
  const { person, beat } = document.getElementById('main').dataset;
  let isAsked = false;

  const cookie = (name) => document.cookie.match(`(?:^|; )${name}=([^;]*)`)?.[1] ?? '';
  const post = (url, fields, headers) => fetch(url, {
    method: 'POST',
    body: new URLSearchParams(fields),
    headers: { 'X-CSRFToken': cookie('csrftoken'), ...headers },
    redirect: 'manual',
  });

  function say(text) {
    alarm.hidden = !text;
    alarm.firstElementChild.textContent = text;
  }

  // The ordinary page says what is wrong: a wrong password, too many tries.
  function reasonIn(html) {
    const page = new DOMParser().parseFromString(html, 'text/html').getElementById('main');
    const told = page?.querySelector('[role=alert]') || page?.querySelector('h1 ~ p');
    return told?.textContent.trim() || words.unreachable;
  }

  async function signIn() {
    const fields = [...new FormData(form)];
    let reply = await post(form.action, fields);
    if (reply.headers.get('X-Refused') === 'csrf') {
      await fetch(form.action); // brings a token
      reply = await post(form.action, fields);
    }
    return reply.type === 'opaqueredirect' ? '' : reasonIn(await reply.text());
  }

  async function isSamePerson() {
    return (await post(beat, [], { 'X-Person': person })).status !== 401;
  }

  async function onSubmit(event) {
    event.preventDefault();
    form.setAttribute('aria-busy', 'true');
    const why = await signIn().catch(() => words.unreachable);
    const isBack = !why && await isSamePerson().catch(() => true);
    form.removeAttribute('aria-busy');
    form.elements.password.value = '';
    say(why || (isBack ? '' : words.other));
    if (isBack) dialog.close();
    else form.elements.password.focus();
    document.dispatchEvent(new CustomEvent('outbox:try'));
  }

  // Asked once each time a session ends; the button of the page asks again.
  document.addEventListener('outbox:state', ({ detail: { trouble } }) => {
    const isOut = trouble === 'signed-out' || trouble === 'other-person';
    if (isOut && !isAsked && !document.querySelector('dialog[open]')) {
      say(trouble === 'other-person' ? words.other : '');
      dialog.showModal();
    }
    if (!isOut && !trouble && dialog.open) dialog.close();
    isAsked = isOut || (isAsked && Boolean(trouble));
  });
  form.addEventListener('submit', onSubmit);
  dialog.querySelector('[data-closes]').addEventListener('click', () => dialog.close());
})();
