// Looking closely at a picture: zoom, pan, rotate, brightness. Each item begins as it is; only
// brightness stays, for as long as the tab is open. Decoding never blocks the page, and the
// original is fetched only when somebody looks closer than the display size can show.
(() => {
  'use strict';

  const STEP = 1.5;
  const PAN = 80;
  const CLOSER = 2.5; // where a double tap goes
  const KEPT = 'viewer:brightness';
  const OWN_ARROWS = 'input, textarea, select, [contenteditable], dialog, summary, .menu-list *';
  const views = new WeakMap();

  const part = (viewer, name) => viewer.querySelector(`.${name}`);
  const limit = (value, low, high) => Math.min(Math.max(value, low), high);
  const brightness = () => Number(sessionStorage.getItem(KEPT)) || 1;
  const current = () =>
    [...document.querySelectorAll('[data-viewer]')].find((each) => each.checkVisibility());

  // Sizes in CSS pixels: the stage, and the picture in it as it fits upright, without its frame.
  function measure(viewer) {
    const [stage, shot] = [part(viewer, 'stage'), part(viewer, 'shot')];
    const [w, h] = [shot.naturalWidth || 1, shot.naturalHeight || 1];
    const scale = Math.min(shot.offsetWidth / w, shot.offsetHeight / h) || 1;
    return { stageWidth: stage.clientWidth, stageHeight: stage.clientHeight, width: w * scale, height: h * scale };
  }

  // What the picture must shrink to so that it fits when it lies on its side.
  function fitted({ turn }, { stageWidth, stageHeight, width, height }) {
    return turn % 180 ? Math.min(stageWidth / height, stageHeight / width, 1) : 1;
  }

  function draw(viewer) {
    const view = views.get(viewer);
    const size = measure(viewer);
    const scale = view.zoom * fitted(view, size);
    const [w, h] = view.turn % 180 ? [size.height, size.width] : [size.width, size.height];
    const room = { x: Math.max(0, (w * scale - size.stageWidth) / 2), y: Math.max(0, (h * scale - size.stageHeight) / 2) };
    view.x = limit(view.x, -room.x, room.x);
    view.y = limit(view.y, -room.y, room.y);
    const stage = part(viewer, 'stage');
    stage.style.setProperty('--x', `${view.x}px`);
    stage.style.setProperty('--y', `${view.y}px`);
    stage.style.setProperty('--turn', `${view.turn}deg`);
    stage.style.setProperty('--zoom', scale);
    stage.style.setProperty('--bright', brightness());
    stage.toggleAttribute('data-zoomed', view.zoom > 1);
    part(viewer, 'zoom-level').textContent = `${Math.round(view.zoom * 100)} %`;
    if (size.width * scale * devicePixelRatio > part(viewer, 'shot').naturalWidth * 1.05) bringOriginal(viewer);
  }

  async function bringOriginal(viewer) {
    const view = views.get(viewer);
    const shot = part(viewer, 'shot');
    if (view.hasOriginal || !shot.naturalWidth || Number(viewer.dataset.width) <= shot.naturalWidth) return;
    view.hasOriginal = true;
    part(viewer, 'loading').hidden = false;
    const original = shot.cloneNode();
    original.src = viewer.dataset.full;
    try {
      await original.decode();
      part(viewer, 'shot').replaceWith(original);
    } catch {
      view.hasOriginal = false; // no connection perhaps: the next step closer tries again
    }
    part(viewer, 'loading').hidden = true;
  }

  // Zoom so that what lies under the point stays there; the point counts from the stage's middle.
  function zoom(viewer, factor, point = { x: 0, y: 0 }) {
    const view = views.get(viewer);
    const most = Math.max(8, (4 * Number(viewer.dataset.width)) / measure(viewer).width);
    const next = limit(view.zoom * factor, 1, most);
    const by = next / view.zoom;
    view.x = point.x - (point.x - view.x) * by;
    view.y = point.y - (point.y - view.y) * by;
    view.zoom = next;
    draw(viewer);
  }

  function pan(viewer, x, y) {
    const view = views.get(viewer);
    view.x += x;
    view.y += y;
    draw(viewer);
  }

  function brighten(viewer, by) {
    sessionStorage.setItem(KEPT, limit(Math.round((brightness() + by) * 10) / 10, 0.2, 3));
    draw(viewer);
  }

  const begin = () => ({ zoom: 1, x: 0, y: 0, turn: 0 });
  const reset = (viewer) => {
    Object.assign(views.get(viewer), begin());
    draw(viewer);
  };

  const DO = {
    zoom_in: (viewer) => zoom(viewer, STEP),
    zoom_out: (viewer) => zoom(viewer, 1 / STEP),
    fit(viewer) {
      sessionStorage.removeItem(KEPT);
      reset(viewer);
    },
    rotate(viewer) {
      const view = views.get(viewer);
      Object.assign(view, { turn: (view.turn + 90) % 360, x: 0, y: 0 });
      draw(viewer);
    },
    brighter: (viewer) => brighten(viewer, 0.2),
    darker: (viewer) => brighten(viewer, -0.2),
  };

  function fromMiddle(stage, { clientX, clientY }) {
    const box = stage.getBoundingClientRect();
    return { x: clientX - box.left - box.width / 2, y: clientY - box.top - box.height / 2 };
  }

  function listen(viewer) {
    const stage = part(viewer, 'stage');
    const fingers = new Map();
    let tapped = { at: 0, x: 0, y: 0 };
    let moved = 0;

    const pinch = () => {
      const [a, b] = [...fingers.values()];
      return { gap: Math.hypot(a.x - b.x, a.y - b.y), middle: { x: (a.x + b.x) / 2, y: (a.y + b.y) / 2 } };
    };

    stage.addEventListener('pointerdown', (event) => {
      if (event.button) return;
      fingers.set(event.pointerId, fromMiddle(stage, event));
      stage.setPointerCapture(event.pointerId);
      moved = fingers.size > 1 ? Infinity : 0;
    });
    stage.addEventListener('pointermove', (event) => {
      const before = fingers.get(event.pointerId);
      if (!before) return;
      const here = fromMiddle(stage, event);
      const [x, y] = [here.x - before.x, here.y - before.y];
      moved += Math.hypot(x, y);
      if (fingers.size === 2) {
        const { gap, middle } = pinch();
        fingers.set(event.pointerId, here);
        zoom(viewer, pinch().gap / gap, middle);
      } else {
        fingers.set(event.pointerId, here);
        if (views.get(viewer).zoom > 1) pan(viewer, x, y);
      }
    });
    stage.addEventListener('pointerup', (event) => {
      if (!fingers.delete(event.pointerId) || moved > 10) return;
      const here = fromMiddle(stage, event);
      const isDouble = event.timeStamp - tapped.at < 350 && Math.hypot(here.x - tapped.x, here.y - tapped.y) < 30;
      tapped = isDouble ? { at: 0, x: 0, y: 0 } : { at: event.timeStamp, ...here };
      if (!isDouble) return;
      if (views.get(viewer).zoom > 1) reset(viewer);
      else zoom(viewer, CLOSER, here);
    });
    stage.addEventListener('pointercancel', (event) => fingers.delete(event.pointerId));
    stage.addEventListener('wheel', (event) => {
      const root = document.scrollingElement;
      const scrolls = root.scrollHeight > root.clientHeight;
      // The wheel is the page's where the page needs it; a pinch on a touchpad comes with ctrlKey.
      if (!event.ctrlKey && scrolls && views.get(viewer).zoom === 1) return;
      event.preventDefault();
      zoom(viewer, Math.exp(-event.deltaY * (event.ctrlKey ? 0.01 : 0.002)), fromMiddle(stage, event));
    }, { passive: false });
    new ResizeObserver(() => draw(viewer)).observe(stage);
  }

  function say(viewer) {
    part(viewer, 'stage').hidden = true;
    part(viewer, 'viewer-tools').hidden = true;
    part(viewer, 'broken').hidden = false;
  }

  async function prepare(viewer) {
    if (views.has(viewer)) return;
    views.set(viewer, begin());
    part(viewer, 'viewer-tools').hidden = false;
    listen(viewer);
    // Also of the next card, still hidden: when it is shown its picture is there.
    const shot = part(viewer, 'shot');
    try {
      await shot.decode();
      part(viewer, 'first')?.remove();
      draw(viewer);
    } catch {
      if (shot.complete && !shot.naturalWidth) say(viewer);
    }
  }

  const prepareAll = () => document.querySelectorAll('[data-viewer]').forEach(prepare);

  document.addEventListener('click', ({ target }) => {
    const button = target.closest('[data-do]');
    if (button) DO[button.dataset.do](button.closest('[data-viewer]'));
  });
  document.addEventListener('keydown', (event) => {
    const by = { ArrowLeft: [1, 0], ArrowRight: [-1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] }[event.key];
    if (!by || event.ctrlKey || event.altKey || event.metaKey || event.target.closest?.(OWN_ARROWS)) return;
    const viewer = current();
    if (!viewer || !(views.get(viewer)?.zoom > 1)) return;
    event.preventDefault();
    pan(viewer, by[0] * PAN, by[1] * PAN);
  });
  document.addEventListener('error', ({ target }) => {
    if (target.matches?.('[data-viewer] .shot')) say(target.closest('[data-viewer]'));
  }, true);
  document.addEventListener('card:shown', ({ target }) => {
    const viewer = target.querySelector('[data-viewer]');
    if (viewer && views.has(viewer)) reset(viewer);
  });
  new MutationObserver(prepareAll).observe(document.getElementById('deck') ?? document.body, { childList: true });
  prepareAll();
})();
