// What a class means, beside its button: on hover and on keyboard focus. It stays while the pointer
// is on it, Escape sends it away, and an answer takes it along.
(() => {
  'use strict';

  const WAIT = 350; // so that a pointer on its way shows nothing
  const GRACE = 200; // to get from the button to the tip
  const GAP = 8;
  const tip = document.createElement('div');
  tip.id = 'tip';
  tip.className = 'tip';
  tip.popover = 'manual';
  tip.setAttribute('role', 'tooltip');
  let shownFor = null;
  let timer = 0;

  const choiceOf = (target) => target.closest?.('.choice[data-about]');

  function place(choice) {
    const box = choice.getBoundingClientRect();
    const { offsetWidth: width, offsetHeight: height } = tip;
    const x = Math.min(Math.max(GAP, box.left), innerWidth - width - GAP);
    const above = box.top - height - GAP;
    tip.style.setProperty('--x', `${x}px`);
    tip.style.setProperty('--y', `${above >= GAP ? above : Math.min(box.bottom + GAP, innerHeight - height - GAP)}px`);
  }

  function show(choice) {
    clearTimeout(timer);
    const about = document.getElementById(choice.dataset.about);
    if (!about || !choice.isConnected || !choice.checkVisibility()) return;
    // Where it belongs to its page, and within an open dialog, which covers all else.
    (choice.closest('dialog, main') ?? document.body).append(tip);
    tip.textContent = about.textContent;
    tip.dir = 'auto';
    tip.showPopover();
    shownFor = choice;
    place(choice);
  }

  function hide() {
    clearTimeout(timer);
    shownFor = null;
    if (tip.isConnected && tip.matches(':popover-open')) tip.hidePopover();
  }

  const later = (action, wait) => {
    clearTimeout(timer);
    timer = setTimeout(action, wait);
  };

  document.addEventListener('pointerover', ({ target, pointerType }) => {
    if (pointerType === 'touch') return;
    if (target === tip) return clearTimeout(timer);
    const choice = choiceOf(target);
    choice?.removeAttribute('title'); // there for those without scripts
    if (choice && choice !== shownFor) later(() => show(choice), WAIT);
    else if (choice) clearTimeout(timer);
    return undefined;
  });
  document.addEventListener('pointerout', ({ target, relatedTarget }) => {
    const stays = relatedTarget && (relatedTarget === tip || choiceOf(relatedTarget) === shownFor);
    if ((choiceOf(target) || target === tip) && !stays) later(hide, GRACE);
  });
  document.addEventListener('focusin', ({ target }) => {
    const choice = choiceOf(target);
    if (choice && target.matches(':focus-visible')) show(choice);
    else if (shownFor && !shownFor.contains(target)) hide();
  });
  document.addEventListener('focusout', ({ target }) => {
    if (choiceOf(target) === shownFor) hide();
  });
  document.addEventListener('keydown', (event) => {
    if (event.key !== 'Escape' || !shownFor) return;
    event.preventDefault();
    event.stopPropagation();
    hide();
  }, true);
  for (const name of ['card:shown', 'card:leaving', 'submit']) document.addEventListener(name, hide);
  document.addEventListener('scroll', hide, { passive: true, capture: true });
})();
