// Where a person has switched it on: a swipe to the left opens the reasons to skip, one to the right
// takes the last answer back. Only a quick, level stroke that began on the item counts.
(() => {
  'use strict';

  const FAR = 80;
  const LEVEL = 40;
  const QUICK = 600;
  let start = null;

  const scrolls = (element) => {
    for (let each = element; each && each !== document.body; each = each.parentElement) {
      if (each.scrollWidth > each.clientWidth + 1 && getComputedStyle(each).overflowX !== 'visible') return true;
    }
    return false;
  };

  document.addEventListener('touchstart', (event) => {
    const item = event.target.closest('.item');
    const isOne = event.touches.length === 1;
    start = item && isOne && !scrolls(event.target)
      ? { x: event.touches[0].clientX, y: event.touches[0].clientY, at: event.timeStamp }
      : null;
  }, { passive: true });
  document.addEventListener('touchend', (event) => {
    if (!start) return;
    const { clientX, clientY } = event.changedTouches[0];
    const [dx, dy] = [clientX - start.x, clientY - start.y];
    const isStroke = Math.abs(dx) > FAR && Math.abs(dy) < LEVEL && event.timeStamp - start.at < QUICK;
    start = null;
    if (!isStroke) return;
    const card = document.querySelector('[data-card]:not([hidden])');
    const target = dx < 0 ? '[data-skips] summary' : '.tools [form=undo-form]';
    card?.querySelector(target)?.click();
  }, { passive: true });
})();
