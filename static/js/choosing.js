// Choosing among tiles with a box each: click, Shift and click, drag with a mouse or pen, arrows,
// Shift and arrows, Ctrl A, Escape. Without it they are boxes to tick one by one.
//
// Out: "choosing:changed" on the tiles. In: "choosing:renew" when tiles came or went.
(() => {
  'use strict';

  const root = document.getElementById('tiles');
  const TYPING = 'textarea, select, input:not([type=checkbox])';
  let anchor = null; // where a range with Shift begins
  let drag = null; // {first, to}: what a drag does to the tiles it passes

  const tiles = () => [...root.querySelectorAll('[data-card]:not([hidden])')];
  const boxOf = (tile) => tile.querySelector('input[type=checkbox]');
  const tileOf = (element) => element?.closest?.('#tiles [data-card]');
  const changed = () => root.dispatchEvent(new CustomEvent('choosing:changed', { bubbles: true }));

  // One tile is in the order of Tab, the arrows go to the others.
  function renew(current = tileOf(document.activeElement)) {
    const all = tiles();
    const one = all.includes(current) ? current : all[0];
    for (const tile of all) {
      boxOf(tile).tabIndex = tile === one ? 0 : -1;
      tile.querySelector('[data-closer]').tabIndex = tile === one ? 0 : -1;
    }
    changed();
  }

  function choose(from, to, isChosen) {
    const all = tiles();
    const [a, b] = [all.indexOf(from), all.indexOf(to)].sort((x, y) => x - y);
    for (const tile of all.slice(Math.max(a, 0), b + 1)) boxOf(tile).checked = isChosen;
    changed();
  }

  function chooseAll(isChosen) {
    for (const tile of tiles()) boxOf(tile).checked = isChosen;
    changed();
  }

  const columns = (all) => all.filter((tile) => tile.offsetTop === all[0].offsetTop).length || 1;
  const STEPS = { ArrowLeft: () => -1, ArrowRight: () => 1, ArrowUp: (n) => -n, ArrowDown: (n) => n };

  function move(event, tile) {
    const all = tiles();
    const at = all.indexOf(tile);
    const step = STEPS[event.key]?.(columns(all));
    const goal = { Home: 0, End: all.length - 1 }[event.key] ?? at + step;
    if (!(goal >= 0 && goal < all.length)) return;
    event.preventDefault();
    if (event.shiftKey) {
      anchor ??= tile;
      choose(anchor, all[goal], true);
    } else {
      anchor = null;
    }
    boxOf(all[goal]).focus();
  }

  document.addEventListener('keydown', (event) => {
    if (event.target.matches?.(TYPING) || document.querySelector('dialog[open]')) return;
    const isAll = (event.ctrlKey || event.metaKey) && event.key.toLowerCase() === 'a';
    if (isAll && tiles().length) {
      event.preventDefault();
      chooseAll(true);
    } else if (event.key === 'Escape') {
      chooseAll(false);
    } else if (event.key in STEPS || event.key === 'Home' || event.key === 'End') {
      const tile = tileOf(event.target);
      if (tile && !event.ctrlKey && !event.altKey && !event.metaKey) move(event, tile);
    }
  }, true);

  root.addEventListener('focusin', (event) => renew(tileOf(event.target)));
  root.addEventListener('change', changed);
  root.addEventListener('click', (event) => {
    const tile = tileOf(event.target);
    if (!tile || event.target.closest('[data-closer]')) return;
    if (event.shiftKey && anchor && event.target !== boxOf(tile)) {
      event.preventDefault();
      choose(anchor, tile, true);
    } else if (!event.shiftKey) {
      anchor = tile;
    }
  });

  // Drag: a finger scrolls, so only with what can hover.
  root.addEventListener('pointerdown', (event) => {
    const tile = tileOf(event.target);
    if (!tile || event.pointerType === 'touch' || event.button || event.shiftKey) return;
    if (!event.target.closest('[data-closer]')) drag = { first: tile, to: !boxOf(tile).checked };
  });
  root.addEventListener('pointermove', (event) => {
    const tile = drag && tileOf(document.elementFromPoint(event.clientX, event.clientY));
    if (!tile || (tile === drag.first && !drag.isMoving)) return;
    drag.isMoving = true;
    choose(drag.first, tile, drag.to);
  });
  window.addEventListener('pointerup', (event) => {
    // The click that follows a drag on one tile would turn it round again.
    if (drag?.isMoving && tileOf(event.target) === drag.first) {
      root.addEventListener('click', (click) => click.preventDefault(), { once: true, capture: true });
    }
    drag = null;
  });
  root.addEventListener('dragstart', (event) => event.preventDefault());

  for (const button of document.querySelectorAll('[data-choose]')) {
    button.addEventListener('click', () => chooseAll(button.dataset.choose === 'all'));
  }
  root.addEventListener('choosing:renew', () => renew());
  renew();
})();
