// Menus close when one looks elsewhere; dialogs open; folds remember how they were left.
(() => {
  'use strict';

  const openMenus = () => document.querySelectorAll('details[data-menu][open]');

  function close(menu, { focus = false } = {}) {
    menu.open = false;
    if (focus) menu.querySelector('summary').focus();
  }

  document.addEventListener('click', (event) => {
    for (const menu of openMenus()) if (!menu.contains(event.target)) close(menu);
    const opener = event.target.closest('[data-opens]');
    if (opener) document.getElementById(opener.dataset.opens).showModal();
    if (event.target.matches('dialog')) event.target.close();
  });

  document.addEventListener('keydown', (event) => {
    if (event.key !== 'Escape') return;
    for (const menu of openMenus()) close(menu, { focus: menu.contains(document.activeElement) });
  });

  document.addEventListener('submit', (event) => {
    const question = event.submitter?.dataset.confirm;
    if (question && !window.confirm(question)) event.preventDefault();
    for (const menu of openMenus()) close(menu);
  });

  // A link to a section shows what is folded away in it.
  const unfold = () => {
    const section = document.getElementById(location.hash.slice(1));
    section?.querySelector(':scope > details.more')?.setAttribute('open', '');
  };
  window.addEventListener('hashchange', unfold);
  unfold();

  for (const fold of document.querySelectorAll('details[data-remember]')) {
    const name = `open:${fold.dataset.remember}`;
    fold.open = localStorage.getItem(name) === 'yes';
    fold.addEventListener('toggle', () => localStorage.setItem(name, fold.open ? 'yes' : 'no'));
  }
})();
