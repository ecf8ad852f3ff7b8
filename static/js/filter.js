// Many classes: type to find one, Enter takes the first that is left.
(() => {
  'use strict';

  const plain = (text) => text.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase();
  const choicesOf = (box) => [...box.parentElement.querySelectorAll('.choice')];

  function narrow(box) {
    const words = plain(box.value).split(/\s+/);
    for (const choice of choicesOf(box)) {
      const name = plain(choice.querySelector('.choice-name').textContent);
      choice.hidden = !words.every((word) => name.includes(word));
    }
  }

  function clear(box) {
    box.value = '';
    narrow(box);
  }

  const boxOf = (event) => event.target.closest?.('[data-filter]');
  const reveal = (root) => {
    for (const box of root.querySelectorAll('[data-filter][hidden]')) box.hidden = false;
  };

  document.addEventListener('input', (event) => boxOf(event) && narrow(boxOf(event)));
  document.addEventListener('keydown', (event) => {
    const box = boxOf(event);
    if (!box || !['Enter', 'Escape'].includes(event.key)) return;
    event.preventDefault();
    const first = choicesOf(box).find((choice) => !choice.hidden);
    if (event.key === 'Enter' && first && box.value.trim()) first.click();
    clear(box);
    if (box.isConnected) box.closest('[data-card]').focus({ preventScroll: true });
  });
  document.addEventListener('card:shown', (event) => reveal(event.target));
  reveal(document);
})();
