/* The map's page: loads the points, moves and zooms, points at items, and takes them into the seed
set. Everything has a key while the map has the focus; the same lies in a table for everybody. */
'use strict';

(() => {
  const STEP = 60;
  const ZOOM = 1.25;
  const REACH = 14;
  const MOST = 1000;
  const box = document.getElementById('map');
  if (!box) return;

  const [canvas, overlay] = box.querySelectorAll('canvas');
  const ink = overlay.getContext('2d');
  const cloud = new window.PointCloud(canvas);
  const data = window.mapData;
  const names = [...document.querySelectorAll('#map-classes li')].map((each) => each.textContent);
  const say = (text) => { document.getElementById('map-said').textContent = text; };
  const hidden = new Set();
  const selected = new Set();
  const fingers = new Map();
  const cards = new Map();
  let [points, mode, tool, over, pinned, outline, dragged, ratio] = [null, 'predicted', 'move', -1, -1, null, null, 1];
  let waiting = false;
  let byKey = false;

  // Colours

  const colour = (name, isClass) => {
    const probe = document.createElement('i');
    if (isClass) probe.dataset.colour = name;
    probe.style.color = isClass ? 'var(--swatch)' : `var(--${name})`;
    box.append(probe);
    const [r, g, b] = getComputedStyle(probe).color.match(/\d+(\.\d+)?/g).map(Number);
    probe.remove();
    return [r, g, b];
  };

  const packed = ([r, g, b]) => (255 << 24) | (Math.round(b) << 16) | (Math.round(g) << 8) | Math.round(r);
  const mixed = (a, b, share) => a.map((value, n) => value + (b[n] - value) * share);

  const palette = () => {
    const plain = mixed(colour('surface'), colour('muted'), 0.42);
    const list = [plain, plain];
    if (data.isRamp(mode)) {
      // One hue from faint to strong: read by lightness, whatever colours somebody sees.
      const [from, to] = [mixed(colour('surface'), colour('accent'), 0.28), mixed(colour('accent'), colour('ink'), 0.55)];
      for (let bin = 0; bin < data.BINS; bin += 1) list.push(mixed(from, to, bin / (data.BINS - 1)));
    } else for (let n = 0; n < data.COLOURS; n += 1) list.push(colour(String(n), true));
    return list;
  };

  // Drawing: at most once a frame

  const radius = () => {
    const many = cloud.n > 30000 ? 1.5 : cloud.n > 5000 ? 2.1 : cloud.n > 800 ? 3 : 4;
    const near = Math.min(Math.max(Math.sqrt(cloud.view.k / home().k) / 1.2, 1), 2.5);
    return Math.min(many * near, 7) * ratio;
  };

  const redraw = () => {
    if (waiting || !points) return;
    waiting = true;
    requestAnimationFrame(() => {
      waiting = false;
      cloud.draw(radius(), selected, packed(colour('ink')));
      drawOver();
      box.dispatchEvent(new CustomEvent('map:drawn', { detail: { ms: cloud.drawn, shown: cloud.shown } }));
    });
  };

  const drawOver = () => {
    ink.clearRect(0, 0, overlay.width, overlay.height);
    const { k, tx, ty } = cloud.view;
    const ring = (i, width) => {
      ink.lineWidth = width * ratio;
      ink.beginPath();
      ink.arc(cloud.x[i] * k + tx, ty - cloud.y[i] * k, radius() + 4 * ratio, 0, 7);
      ink.stroke();
    };
    const rgb = (name) => `rgb(${colour(name).join(',')})`;
    ink.strokeStyle = rgb('ink');
    if (pinned >= 0) ring(pinned, 3);
    if (over >= 0) ring(over, 1.5);
    if (byKey) cross();
    if (!outline || outline.length < 2) return;
    ink.strokeStyle = rgb('accent');
    ink.fillStyle = `rgba(${colour('accent').join(',')},0.12)`;
    ink.lineWidth = 2 * ratio;
    ink.beginPath();
    outline.forEach(([x, y], n) => (n ? ink.lineTo(x, y) : ink.moveTo(x, y)));
    ink.closePath();
    ink.fill();
    ink.stroke();
  };

  const cross = () => {
    const [x, y, arm] = [overlay.width / 2, overlay.height / 2, 10 * ratio];
    ink.lineWidth = ratio;
    ink.beginPath();
    ink.moveTo(x - arm, y);
    ink.lineTo(x + arm, y);
    ink.moveTo(x, y - arm);
    ink.lineTo(x, y + arm);
    ink.stroke();
  };

  const repaint = () => {
    const painted = data.paint(points, mode, hidden);
    cloud.paint({ ...painted, palette: Int32Array.from(palette().map(packed)) });
    legend(painted.counts);
    redraw();
  };

  // View

  const home = () => {
    const room = 24 * ratio;
    const k = Math.max(Math.min(canvas.width - 2 * room, canvas.height - 2 * room), 10) / 65536;
    return { k, tx: (canvas.width - 65536 * k) / 2, ty: (canvas.height + 65536 * k) / 2 };
  };

  const fit = () => {
    ratio = Math.min(window.devicePixelRatio || 1, 2);
    const share = cloud.image ? cloud.view.k / home().k : 1;
    const [width, height] = [Math.round(box.clientWidth * ratio), Math.round(box.clientHeight * ratio)];
    if (!width || (width === canvas.width && height === canvas.height)) return;
    cloud.resize(width, height);
    [overlay.width, overlay.height] = [width, height];
    cloud.view = home();
    if (share > 1) zoom(share, width / 2, height / 2);
    redraw();
  };

  const move = (dx, dy) => {
    cloud.view.tx += dx;
    cloud.view.ty += dy;
    redraw();
  };

  const zoom = (by, px, py) => {
    const { k, tx, ty } = cloud.view;
    const next = Math.min(Math.max(k * by, home().k / 2), ratio / 2);
    const real = next / k;
    cloud.view = { k: next, tx: px - (px - tx) * real, ty: py - (py - ty) * real };
    redraw();
  };

  // Pointing at an item

  const itemOf = (i) => points.first + points.item[i];

  const point = (i) => {
    if (i === over) return;
    over = i;
    redraw();
    if (pinned < 0) show(i);
  };

  const show = async (i) => {
    const panel = document.getElementById('map-card');
    panel.dataset.wanted = String(i);
    if (i < 0) return;
    await new Promise((done) => { setTimeout(done, cards.has(i) ? 0 : 90); });
    if (panel.dataset.wanted !== String(i)) return;
    if (!cards.has(i)) {
      const response = await fetch(`${box.dataset.items}${itemOf(i)}/`, { credentials: 'same-origin' });
      if (!response.ok) return;
      if (cards.size > 300) cards.clear();
      cards.set(i, await response.text());
    }
    if (panel.dataset.wanted === String(i)) panel.innerHTML = cards.get(i);
  };

  const pin = (i) => {
    pinned = pinned === i ? -1 : i;
    if (i >= 0) show(i);
    redraw();
  };

  // Selecting

  const told = () => {
    const n = selected.size;
    document.getElementById('map-count').textContent = n ? `${n.toLocaleString('en')} selected` : 'Nothing selected';
    document.querySelectorAll('[data-needs-selection]').forEach((each) => { each.disabled = !n; });
    document.getElementById('map-seed').textContent = n > MOST ? `Ask ${MOST.toLocaleString('en')} of them next, at random` : 'Ask these next';
    redraw();
  };

  const take = (found, adds) => {
    if (!adds) selected.clear();
    found.forEach((i) => selected.add(i));
    told();
    say(`${selected.size.toLocaleString('en')} items selected.`);
  };

  const chosen = (most) => {
    const all = [...selected];
    for (let n = 0; n < Math.min(most, all.length); n += 1) {
      const other = n + Math.floor(Math.random() * (all.length - n));
      [all[n], all[other]] = [all[other], all[n]];
    }
    return (all.length > most ? all.slice(0, most) : [...selected]).map(itemOf);
  };

  // Legend: its entries hide and show

  const legend = (counts) => {
    const list = document.getElementById('map-legend');
    const colours = palette();
    const entries = data.legend(mode, points, names).map((words, e) => [words, e]);
    entries.push([{ predicted: 'No guess', label: 'No answer', doubt: 'Not known', round: 'In no round' }[mode], -1]);
    const kept = document.activeElement?.closest?.('#map-legend button')?.dataset.entry;
    list.replaceChildren(...entries.filter(([, e]) => counts.get(e)).map(([words, e]) => line(words, e, counts.get(e), colours)));
    if (kept !== undefined) list.querySelector(`[data-entry="${kept}"]`)?.focus();
  };

  // A picture of its shape, three times as fine as it is shown.
  const line = (words, e, n, colours) => {
    const item = document.createElement('li');
    const button = document.createElement('button');
    const icon = document.createElement('canvas');
    const name = document.createElement('span');
    const count = document.createElement('small');
    Object.assign(button, { type: 'button' });
    button.dataset.entry = String(e);
    button.setAttribute('aria-pressed', String(!hidden.has(e)));
    icon.setAttribute('aria-hidden', 'true');
    name.textContent = words;
    count.textContent = n.toLocaleString('en');
    button.append(icon, name, count);
    item.append(button);
    draught(icon, e, colours);
    return item;
  };

  const draught = (icon, e, colours) => {
    const one = new window.PointCloud(icon);
    const shape = e < 0 || data.isRamp(mode) ? 0 : Math.floor(e / data.COLOURS) % data.SHAPES;
    const shade = e < 0 ? 1 : 2 + (data.isRamp(mode) ? e : e % data.COLOURS);
    one.load({ n: 1, x: Uint16Array.of(0), y: Uint16Array.of(0) });
    one.paint({ shade: Uint8Array.of(shade), shape: Uint8Array.of(shape), rank: Uint8Array.of(0), palette: Int32Array.from(colours.map(packed)) });
    one.resize(48, 48);
    one.view = { k: 1, tx: 24, ty: 24 };
    one.draw(8.5, [], 0);
  };

  // Pointer: one finger moves, points or draws around; two zoom

  const place = (event) => {
    const at = overlay.getBoundingClientRect();
    return [(event.clientX - at.left) * ratio, (event.clientY - at.top) * ratio];
  };

  const isSelecting = (event) => tool !== 'move' || event.shiftKey;

  overlay.addEventListener('pointerdown', (event) => {
    overlay.setPointerCapture(event.pointerId);
    fingers.set(event.pointerId, place(event));
    byKey = false;
    dragged = { from: place(event), far: 0, selects: isSelecting(event) && fingers.size === 1, adds: event.ctrlKey || event.metaKey };
    outline = dragged.selects ? [place(event)] : null;
    box.focus({ preventScroll: true });
  });

  overlay.addEventListener('pointermove', (event) => {
    const here = place(event);
    const before = fingers.get(event.pointerId);
    if (!before) {
      point(cloud.nearest(here[0], here[1], REACH * ratio));
      return;
    }
    fingers.set(event.pointerId, here);
    if (dragged) dragged.far = Math.max(dragged.far, Math.hypot(here[0] - dragged.from[0], here[1] - dragged.from[1]));
    if (fingers.size === 2) pinch(event.pointerId, before, here);
    else if (outline) stretch(here);
    else move(here[0] - before[0], here[1] - before[1]);
  });

  const stretch = (here) => {
    const [[x, y]] = outline;
    if (tool === 'rectangle') outline = [[x, y], [here[0], y], here, [x, here[1]]];
    else outline.push(here);
    redraw();
  };

  const pinch = (moved, before, here) => {
    outline = null;
    const [, other] = [...fingers].find(([id]) => id !== moved);
    const apart = ([x, y]) => Math.max(Math.hypot(x - other[0], y - other[1]), 1);
    zoom(apart(here) / apart(before), (here[0] + other[0]) / 2, (here[1] + other[1]) / 2);
    move((here[0] - before[0]) / 2, (here[1] - before[1]) / 2);
  };

  const lift = (event) => {
    const was = fingers.delete(event.pointerId);
    if (!was || !dragged || fingers.size) return;
    const here = place(event);
    if (dragged.far < 5 * ratio) pin(cloud.nearest(here[0], here[1], REACH * ratio));
    else if (outline && outline.length > 2) take(cloud.within(outline), dragged.adds);
    [outline, dragged] = [null, null];
    redraw();
  };
  overlay.addEventListener('pointerup', lift);
  overlay.addEventListener('pointercancel', lift);
  overlay.addEventListener('pointerleave', () => point(-1));

  overlay.addEventListener('wheel', (event) => {
    event.preventDefault();
    zoom(ZOOM ** (-event.deltaY / (event.deltaMode ? 3 : 100)), ...place(event));
  }, { passive: false });

  // Keys: the cross in the middle is the pointer

  const centre = () => cloud.nearest(canvas.width / 2, canvas.height / 2, Math.max(canvas.width, canvas.height) / 4);
  const keys = {
    ArrowLeft: () => move(STEP * ratio, 0),
    ArrowRight: () => move(-STEP * ratio, 0),
    ArrowUp: () => move(0, STEP * ratio),
    ArrowDown: () => move(0, -STEP * ratio),
    '+': () => zoom(ZOOM, canvas.width / 2, canvas.height / 2),
    '=': () => zoom(ZOOM, canvas.width / 2, canvas.height / 2),
    '-': () => zoom(1 / ZOOM, canvas.width / 2, canvas.height / 2),
    0: () => { cloud.view = home(); redraw(); },
    Enter: () => pin(centre()),
    ' ': () => {
      const i = centre();
      if (i < 0) return;
      if (!selected.delete(i)) selected.add(i);
      told();
      say(`${selected.size.toLocaleString('en')} items selected.`);
    },
    Escape: () => { selected.clear(); pinned = -1; told(); say('Nothing selected.'); },
  };

  box.addEventListener('keydown', (event) => {
    if (event.target !== box || event.ctrlKey || event.altKey || event.metaKey || !keys[event.key]) return;
    event.preventDefault();
    byKey = true;
    keys[event.key]();
    point(centre());
  });

  // Tools, modes, forms

  document.addEventListener('change', (event) => {
    if (event.target.name === 'tool') tool = event.target.value;
    if (event.target.name !== 'colour') return;
    mode = event.target.value;
    hidden.clear();
    repaint();
  });

  document.addEventListener('click', (event) => {
    const entry = event.target.closest('#map-legend button')?.dataset.entry;
    if (entry !== undefined) {
      if (!hidden.delete(Number(entry))) hidden.add(Number(entry));
      repaint();
    }
    const act = event.target.closest('[data-map]')?.dataset.map;
    if (act) keys[{ in: '+', out: '-', home: 0, clear: 'Escape' }[act]]();
  });

  document.addEventListener('submit', (event) => {
    const field = event.target.querySelector('[data-selected-items]');
    if (field) field.value = chosen(Number(field.dataset.selectedItems)).join(',');
  }, true);

  document.addEventListener('htmx:configRequest', (event) => {
    const field = event.detail.elt.querySelector?.('[data-selected-items]');
    if (field) event.detail.parameters.ids = chosen(Number(field.dataset.selectedItems)).join(',');
  });

  const load = async () => {
    const [file, answers] = await Promise.all([fetch(box.dataset.points), fetch(box.dataset.answers)]);
    if (!file.ok || !answers.ok) throw new Error('not there');
    points = data.read(await file.arrayBuffer());
    data.answer(points, await answers.json());
    cloud.load(points);
    if (!points.predicted.some((place) => place !== 65535)) document.querySelector('[name=colour][value=label]').click();
    fit();
    repaint();
    told();
    box.classList.add('drawn');
    new ResizeObserver(fit).observe(box);
    matchMedia('(prefers-color-scheme: dark)').addEventListener('change', repaint);
  };

  load().catch(() => { say('The map could not be loaded. Load the page again.'); box.classList.add('failed'); });
})();
