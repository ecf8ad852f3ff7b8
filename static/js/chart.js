/* Draws every chart from the table beside it: the table is the data, for everybody.

The table's head says what its columns are; cells may carry data-value where their text is not the
number itself, and an empty cell is no point.
  th[data-x]              what runs along the bottom; several are a choice the reader has.
                          data-scale="category" takes the cells as names, "time" as moments in UTC.
  th[data-y]              a series. data-kind: line (default), dashed, points, bars.
                          data-colour: a token ("accent") or a place in the palette ("3").
  th[data-low|data-high]  the interval of the series before it, drawn as a band.
  th[data-mark]           words at a point: what changed there.
The box (.plot[data-chart=id of the table]) may say data-target, data-target-label, data-range
("share": within 0 and 1), data-from-zero and data-stack (bars on top of each other). */
'use strict';

(() => {
  const FONT = '12px system-ui, sans-serif';
  const STEPS = [1, 2, 5].flatMap((n) => [1, 10, 100, 1e3, 1e4, 1e5, 1e6].map((e) => n * e)).sort((a, b) => a - b);
  const ORDER = ['accent', '1', '2', '3', '5', '4', '7'];
  // Beyond so many points a line says more than its dots.
  const MOST_DOTS = 60;
  const charts = new Map();

  // Reading

  const number = (cell) => {
    const text = cell?.dataset.value ?? cell?.textContent.trim().replaceAll(',', '') ?? '';
    const value = text === '' ? NaN : Number(text);
    return Number.isFinite(value) ? value : null;
  };

  const shape = (table) => {
    const found = { xs: [], ys: [], mark: -1 };
    [...table.tHead.rows[0].cells].forEach((head, at) => {
      const words = head.dataset.name ?? head.textContent.trim();
      if ('x' in head.dataset) found.xs.push({ at, words, scale: head.dataset.scale ?? 'number' });
      else if ('y' in head.dataset) found.ys.push({ at, words, kind: head.dataset.kind ?? 'line', colour: head.dataset.colour });
      else if ('low' in head.dataset) found.ys.at(-1).low = at;
      else if ('high' in head.dataset) found.ys.at(-1).high = at;
      else if ('mark' in head.dataset) found.mark = at;
    });
    found.ys.forEach((y, place) => { y.colour ??= ORDER[place % ORDER.length]; });
    return found;
  };

  const read = (table, shaped, x) => {
    // A row of one cell says in words that there is nothing yet.
    const rows = [...table.tBodies[0].rows].filter((row) => row.cells.length > 1);
    const value = x.scale === 'category' ? (row, place) => place : (row) => number(row.cells[x.at]);
    return rows
      .map((row, place) => ({ row, x: value(row, place) }))
      .filter((each) => each.x !== null)
      .sort((a, b) => a.x - b.x);
  };

  const column = (points, at) => points.map(({ row }) => number(row.cells[at]));

  const stacked = (series) => {
    const sums = (series[0] ?? []).map(() => 0);
    return series.map((values) => values.map((value, n) => (sums[n] += value ?? 0)));
  };

  // Colours, read anew for each drawing: light and dark differ

  const token = (name, within) => {
    const probe = document.createElement('i');
    if (/^\d+$/.test(name)) {
      probe.dataset.colour = name;
      probe.style.color = 'var(--swatch)';
    } else probe.style.color = `var(--${name})`;
    within.append(probe);
    const colour = getComputedStyle(probe).color;
    probe.remove();
    return colour;
  };

  const faint = (colour, alpha) => colour.replace(/^rgb\(([^)]+)\)$/, `rgba($1, ${alpha})`);

  // Axes

  const places = (step) => Math.min((String(step).split('.')[1] ?? '').length, 6);
  const plain = (u, ticks, axis, space, step) =>
    ticks.map((tick) => tick.toLocaleString('en', { minimumFractionDigits: places(step), maximumFractionDigits: places(step) }));

  const thinned = (names) => (u, splits) => {
    const widest = Math.max(...names.map((name) => name.length)) * 6.5 + 16;
    const every = Math.max(1, Math.ceil((widest * names.length) / Math.max(u.bbox.width / devicePixelRatio, 1)));
    return splits.map((at) => (at % every ? null : at));
  };

  const bottom = (chart, axis) => {
    const { x, points, box } = chart;
    const shown = { ...axis, grid: { show: false }, label: x.words, labelFont: FONT, labelSize: 20, size: 36 };
    if (x.scale === 'category') {
      const names = points.map(({ row }) => row.cells[x.at].textContent.trim());
      return { ...shown, splits: () => names.map((_, n) => n), filter: thinned(names), values: (u, at) => at.map((n) => (n === null ? '' : names[n])) };
    }
    if (x.scale === 'time') return { ...shown, space: box.clientWidth < 480 ? 80 : 60 };
    return { ...shown, incrs: x.scale === 'number' && points.every((p) => Number.isInteger(p.x)) ? STEPS : undefined, values: plain };
  };

  const along = (chart) => {
    const { x, points, box } = chart;
    if (x.scale === 'category') return { time: false, range: [-0.6, points.length - 0.4] };
    if (x.scale === 'time') return { time: true, range: (u, low, high) => (low === high ? [low - 1800, high + 1800] : [low, high + (high - low) * 0.02]) };
    if ('fromZero' in box.dataset) return { time: false, range: (u, low, high) => [Math.min(low, 0), Math.max(high, 1) * 1.02] };
    return { time: false, range: (u, low, high) => (low === high ? [low - 1, high + 1] : [low, high + (high - low) * 0.02]) };
  };

  const upward = (chart) => {
    const { box, data, shaped } = chart;
    const values = data.slice(1).flat().filter((value) => value !== null);
    const target = Number(box.dataset.target);
    if (box.dataset.target) values.push(target);
    const [low, high] = [Math.min(...values), Math.max(...values)];
    // Where all is right, the axis still needs a length.
    const floor = Math.max(0, Math.min(Math.floor(low * 10) / 10, 0.9));
    if (box.dataset.range === 'share') return [floor, Math.min(1, Math.max(Math.ceil(high * 10) / 10, floor + 0.1))];
    if (shaped.ys.some((y) => y.kind === 'bars') || low >= 0) return uPlot.rangeNum(0, high || 1, { min: { hard: 0, pad: 0, soft: 0, mode: 3 }, max: { pad: 0.1 } });
    return uPlot.rangeNum(low, high, 0.1, true);
  };

  // Series

  const bars = (chart, place) => {
    const all = chart.shaped.ys.filter((y) => y.kind === 'bars');
    const isAlone = all.length === 1 || 'stack' in chart.box.dataset;
    const align = isAlone ? 0 : place === 0 ? -1 : 1;
    return uPlot.paths.bars({ size: [isAlone ? 0.7 : 0.38, 56], align, gap: isAlone ? 0 : 1 });
  };

  const seriesOf = (chart) => {
    const list = [{}];
    const bands = [];
    chart.shaped.ys.forEach((y, place) => {
      const colour = token(y.colour, chart.box);
      const points = { show: y.kind === 'points' || (y.kind === 'line' && chart.points.length <= MOST_DOTS), size: y.kind === 'points' ? 8 : 6, fill: colour, stroke: colour };
      if (y.kind === 'bars') list.push({ stroke: colour, fill: colour, width: 0, paths: bars(chart, place), points: { show: false } });
      else list.push({ stroke: colour, width: y.kind === 'points' ? 0 : 2, dash: y.kind === 'dashed' ? [6, 5] : undefined, spanGaps: true, points });
      if (y.low === undefined) return;
      const edge = { stroke: 'transparent', width: 0, spanGaps: true, points: { show: false } };
      list.push(edge, { ...edge });
      bands.push({ series: [list.length - 1, list.length - 2], fill: faint(colour, 0.16) });
    });
    return { list, bands };
  };

  const gather = ({ shaped, points, box }) => {
    if ('stack' in box.dataset) {
      const sums = stacked(shaped.ys.map((y) => column(points, y.at)));
      // The tallest first, so that the others stand in front of it.
      shaped.ys.reverse();
      return [points.map((p) => p.x), ...sums.reverse()];
    }
    return [
      points.map((p) => p.x),
      ...shaped.ys.flatMap((y) => (y.low === undefined ? [column(points, y.at)] : [y.at, y.low, y.high].map((at) => column(points, at)))),
    ];
  };

  // What stands on the canvas beside the lines

  const write = (u, colour, align, text, x, y) => {
    const scale = uPlot.pxRatio;
    u.ctx.fillStyle = colour;
    u.ctx.font = FONT.replace('12px', `${12 * scale}px`);
    u.ctx.textAlign = align;
    u.ctx.textBaseline = 'middle';
    u.ctx.fillText(text, x, y);
  };

  const goal = (chart, u) => {
    const target = Number(chart.box.dataset.target);
    if (!chart.box.dataset.target) return;
    const [y, colour] = [u.valToPos(target, 'y', true), token('muted', chart.box)];
    u.ctx.save();
    u.ctx.strokeStyle = colour;
    u.ctx.lineWidth = uPlot.pxRatio;
    u.ctx.setLineDash([6 * uPlot.pxRatio, 6 * uPlot.pxRatio]);
    u.ctx.beginPath();
    u.ctx.moveTo(u.bbox.left, y);
    u.ctx.lineTo(u.bbox.left + u.bbox.width, y);
    u.ctx.stroke();
    write(u, colour, 'left', chart.box.dataset.targetLabel ?? `target ${chart.box.dataset.target}`, u.bbox.left + 6 * uPlot.pxRatio, y - 9 * uPlot.pxRatio);
    u.ctx.restore();
  };

  const marks = (chart, u) => {
    if (chart.shaped.mark < 0) return;
    const [scale, colour] = [uPlot.pxRatio, token('muted', chart.box)];
    let free = -Infinity;
    u.ctx.save();
    for (const { row, x } of chart.points) {
      const text = row.cells[chart.shaped.mark].textContent.trim();
      if (!text) continue;
      const at = u.valToPos(x, 'x', true);
      u.ctx.fillStyle = colour;
      u.ctx.beginPath();
      u.ctx.moveTo(at, u.bbox.top + 6 * scale);
      u.ctx.lineTo(at - 4 * scale, u.bbox.top - 2 * scale);
      u.ctx.lineTo(at + 4 * scale, u.bbox.top - 2 * scale);
      u.ctx.fill();
      u.ctx.globalAlpha = 0.35;
      u.ctx.fillRect(at - scale / 2, u.bbox.top, scale, u.bbox.height);
      u.ctx.globalAlpha = 1;
      const wide = u.ctx.measureText(text).width + 12 * scale;
      const fits = at > free && at + wide < u.bbox.left + u.bbox.width;
      if (fits) write(u, colour, 'left', text, at - 4 * scale, u.bbox.top - 11 * scale);
      if (fits) free = at + wide;
    }
    u.ctx.restore();
  };

  // Names stand at the ends of the lines where all lines end at the right; else there is a key.
  const isNamed = (chart) => {
    const { ys } = chart.shaped;
    const isFew = ys.length > 1 && ys.length <= 4 && chart.box.clientWidth >= 560;
    const last = chart.points.at(-1)?.row;
    return isFew && ys.every((y) => y.kind !== 'bars' && number(last?.cells[y.at]) !== null);
  };

  const names = (chart, u) => {
    if (!isNamed(chart)) return;
    const scale = uPlot.pxRatio;
    const ends = [];
    let at = 1;
    for (const y of chart.shaped.ys) {
      const last = u.data[at].findLastIndex((value) => value !== null);
      if (last >= 0) ends.push({ y, x: u.valToPos(u.data[0][last], 'x', true), top: u.valToPos(u.data[at][last], 'y', true) });
      at += y.low === undefined ? 1 : 3;
    }
    ends.sort((a, b) => a.top - b.top);
    ends.forEach((end, n) => { if (n) end.top = Math.max(end.top, ends[n - 1].top + 15 * scale); });
    u.ctx.save();
    for (const end of ends) write(u, token(end.y.colour, chart.box), 'left', end.y.words, end.x + 8 * scale, end.top);
    u.ctx.restore();
  };

  const room = (chart) => {
    if (!isNamed(chart)) return 12;
    const ctx = document.createElement('canvas').getContext('2d');
    ctx.font = FONT;
    return 14 + Math.max(...chart.shaped.ys.map((y) => ctx.measureText(y.words).width));
  };

  // Keyboard, pointer and the line of words that follows them

  const said = (chart, index) => {
    if (index == null || !chart.points[index]) return '';
    const { cells } = chart.points[index].row;
    const text = (at) => cells[at]?.textContent.trim() ?? '';
    const parts = chart.shaped.ys
      .filter((y) => text(y.at))
      .map((y) => `${y.words} ${text(y.at)}${y.low !== undefined && text(y.low) ? ` (${text(y.low)} to ${text(y.high)})` : ''}`);
    const mark = chart.shaped.mark < 0 ? '' : text(chart.shaped.mark);
    return `${chart.x.words} ${text(chart.x.at)}: ${[...parts, mark].filter(Boolean).join(', ')}`;
  };

  const tell = (chart, u) => {
    chart.seen = u.cursor.idx == null ? null : u.data[0][u.cursor.idx];
    const words = said(chart, u.cursor.idx);
    const line = document.getElementById(chart.box.dataset.readout);
    if (line && line.textContent !== words) line.textContent = words;
  };

  const show = (chart, index) => {
    const { u } = chart;
    u.setCursor({ left: u.valToPos(u.data[0][index], 'x'), top: u.valToPos(u.data[1][index] ?? 0, 'y') });
  };

  const step = (chart, key) => {
    const last = chart.points.length - 1;
    const now = chart.u.cursor.idx;
    const to = { ArrowLeft: (now ?? last + 1) - 1, ArrowRight: (now ?? -1) + 1, Home: 0, End: last }[key];
    if (to === undefined) return false;
    show(chart, Math.min(Math.max(to, 0), last));
    return true;
  };

  // Drawing

  const options = (chart, height) => {
    const [muted, line] = ['muted', 'line'].map((name) => token(name, chart.box));
    const axis = { stroke: muted, font: FONT, ticks: { show: false } };
    const { list, bands } = seriesOf(chart);
    return {
      width: chart.box.clientWidth,
      height,
      padding: [chart.shaped.mark < 0 ? 10 : 26, room(chart), 0, 0],
      cursor: { y: false, points: { size: 8 }, drag: { x: false, y: false } },
      scales: { x: along(chart), y: { range: () => upward(chart) } },
      axes: [bottom(chart, axis), { ...axis, grid: { stroke: line, width: 1 }, size: 52, values: plain }],
      legend: { show: false },
      series: list,
      tzDate: (seconds) => uPlot.tzDate(new Date(seconds * 1e3), 'Etc/UTC'),
      bands,
      hooks: { draw: [(u) => goal(chart, u), (u) => marks(chart, u), (u) => names(chart, u)], setCursor: [(u) => tell(chart, u)] },
    };
  };

  const key = (chart) => {
    if (chart.shaped.ys.length < 2 || isNamed(chart)) return [];
    const list = document.createElement('ul');
    list.className = 'keys-of-chart';
    for (const y of chart.shaped.ys) {
      const each = document.createElement('li');
      each.className = y.kind === 'dashed' ? 'is-dashed' : '';
      each.style.setProperty('--swatch', token(y.colour, chart.box));
      each.textContent = y.words;
      list.append(each);
    }
    return [list];
  };

  const choice = (chart) => {
    if (chart.shaped.xs.length < 2) return [];
    const group = document.createElement('div');
    group.className = 'segments';
    group.setAttribute('role', 'group');
    group.setAttribute('aria-label', 'Along the bottom');
    for (const x of chart.shaped.xs) {
      const button = document.createElement('button');
      button.type = 'button';
      button.textContent = x.words;
      button.setAttribute('aria-pressed', String(x.at === chart.x.at));
      button.addEventListener('click', () => {
        localStorage.setItem(`axis:${chart.box.id}`, x.words);
        draw(chart.box);
        chart.box.querySelector('[aria-pressed="true"]').focus();
      });
      group.append(button);
    }
    return [group];
  };

  const look = (box, name = box.id) => {
    const table = document.getElementById(box.dataset.chart);
    const shaped = shape(table);
    const wanted = localStorage.getItem(`axis:${name}`);
    const x = shaped.xs.find((each) => each.words === wanted) ?? shaped.xs[0];
    const chart = { box, shaped, x, points: read(table, shaped, x) };
    chart.data = gather(chart);
    return chart;
  };

  const draw = (box) => {
    const before = charts.get(box);
    const chart = look(box);
    before?.u.destroy();
    charts.delete(box);
    box.replaceChildren();
    const isEmpty = !chart.points.length || !chart.shaped.ys.length;
    box.classList.toggle('drawn', !isEmpty);
    if (isEmpty) return;
    const canvas = document.createElement('div');
    canvas.className = 'canvas';
    box.append(...choice(chart), canvas, ...key(chart));
    chart.text = document.getElementById(box.dataset.chart).textContent;
    chart.u = new uPlot(options(chart, canvas.clientHeight), chart.data, canvas);
    charts.set(box, chart);
    const seen = before && before.x.at === chart.x.at ? chart.points.findIndex((p) => p.x === before.seen) : -1;
    if (seen >= 0) queueMicrotask(() => show(chart, seen));
  };

  const fit = (box) => {
    const chart = charts.get(box);
    if (chart && chart.u.width !== box.clientWidth) draw(box);
  };

  const boxes = () => [...document.querySelectorAll('.plot[data-chart]')];
  const isStale = (box) => charts.get(box)?.text !== document.getElementById(box.dataset.chart)?.textContent || !charts.get(box)?.box.isConnected;
  const observer = new ResizeObserver((entries) => entries.forEach((entry) => fit(entry.target)));
  const all = () => boxes().forEach((box) => { observer.observe(box); draw(box); });

  document.addEventListener('keydown', (event) => {
    const chart = event.target.matches?.('.plot') && charts.get(event.target);
    if (chart && step(chart, event.key)) event.preventDefault();
  });
  document.addEventListener('chart:picture', (event) => {
    // Always light and of one size, whatever the screen: pictures go into reports.
    const box = event.target.cloneNode(false);
    box.removeAttribute('id');
    box.classList.add('as-picture');
    document.body.append(box);
    const chart = look(box, event.target.id);
    chart.u = new uPlot(options(chart, box.clientHeight), chart.data, box);
    queueMicrotask(() => {
      event.detail.take(chart.u.ctx.canvas, { ground: token('surface', box), ink: token('ink', box) });
      chart.u.destroy();
      box.remove();
    });
  });
  document.addEventListener('htmx:afterSettle', () => {
    for (const box of charts.keys()) if (!box.isConnected) charts.delete(box);
    boxes().filter(isStale).forEach((box) => { observer.observe(box); draw(box); });
  });
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', all);
  new MutationObserver(all).observe(document.documentElement, { attributeFilter: ['data-theme'] });
  // What a script made stays while the page around it is brought up to date.
  window.Idiomorph.defaults.callbacks.beforeNodeMorphed = (old, fresh) => {
    if (old.matches?.('.plot.drawn') && fresh.dataset?.chart) {
      for (const name of ['target', 'targetLabel']) {
        if (fresh.dataset[name] === undefined) delete old.dataset[name];
        else old.dataset[name] = fresh.dataset[name];
      }
      return false;
    }
    return !old.matches?.('[data-keep]');
  };
  all();
})();
