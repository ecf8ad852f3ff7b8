// Passkeys: what the server asks for goes to the browser's own dialog, and what comes of it back in
// the form of the button. Without JavaScript, or where there are none, the buttons stay hidden.
(() => {
  'use strict';

  const { create, get, supported } = window.webauthnJSON;
  const alarm = document.querySelector('[data-passkey-said]');

  async function asked(button) {
    if (!button.dataset.from) return JSON.parse(document.getElementById('passkey-options').textContent);
    const reply = await fetch(button.dataset.from, { headers: { Accept: 'application/json' } });
    return reply.json();
  }

  // A key that signs in alone must be found without a name, and must know its person.
  function wanted({ publicKey }, isAlone) {
    const selection = { ...publicKey.authenticatorSelection };
    selection.residentKey = isAlone ? 'required' : 'discouraged';
    selection.requireResidentKey = isAlone;
    if (isAlone) selection.userVerification = 'required';
    return { publicKey: { ...publicKey, authenticatorSelection: selection } };
  }

  async function credential(button) {
    const options = await asked(button);
    if (button.dataset.passkey === 'get') return get(options.request_options);
    const isAlone = Boolean(button.form.elements.passwordless?.checked);
    return create(wanted(options.creation_options, isAlone));
  }

  async function onClick({ currentTarget: button }) {
    alarm.hidden = true;
    button.setAttribute('aria-busy', 'true');
    try {
      button.form.elements.credential.value = JSON.stringify(await credential(button));
      button.form.submit();
    } catch {
      alarm.firstElementChild.textContent = alarm.dataset.passkeySaid;
      alarm.hidden = false;
    }
    button.removeAttribute('aria-busy');
  }

  if (!supported()) return;
  for (const button of document.querySelectorAll('[data-passkey]')) {
    button.hidden = false;
    button.addEventListener('click', onClick);
  }
})();
