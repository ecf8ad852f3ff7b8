/* Draws the learning curve from the table beside it: the table is the data, for everybody. */
'use strict';

(() => {
  const charts = new Map();

  const token = (name) => {
    const probe = document.createElement('i');
    probe.style.color = `var(--${name})`;
    document.body.append(probe);
    const colour = getComputedStyle(probe).color;
    probe.remove();
    return colour;
  };

  const faint = (colour, alpha) => colour.replace(/^rgb\(([^)]+)\)$/, `rgba($1, ${alpha})`);

  const read = (table) => {
    const rows = [...table.tBodies[0].rows].map((row) => [...row.cells].map((cell) => Number(cell.textContent)));
    return [1, 2, 3, 4].map((column) => rows.map((row) => row[column]));
  };

  const options = (box, data, target) => {
    const [muted, line, accent] = ['muted', 'line', 'accent'].map(token);
    const axis = { stroke: muted, font: '12px system-ui', ticks: { show: false } };
    const lowest = Math.min(...data[2], 1);
    return {
      width: box.clientWidth,
      height: box.clientHeight,
      cursor: { y: false, points: { size: 7 } },
      scales: {
        x: { time: false, range: (u, low, high) => [0, Math.max(high, 10) * 1.02] },
        y: { range: [Math.max(0, Math.floor(lowest * 10) / 10), 1] },
      },
      axes: [
        { ...axis, grid: { show: false }, incrs: [1, 2, 5].flatMap((n) => [1, 10, 100, 1e3, 1e4, 1e5].map((e) => n * e)).sort((a, b) => a - b), label: 'Labels', labelFont: '12px system-ui', labelSize: 18, size: 34 },
        { ...axis, grid: { stroke: line, width: 1 }, size: 44, values: (u, ticks) => ticks.map((tick) => tick.toFixed(2)) },
      ],
      legend: { show: false },
      series: [
        {},
        { stroke: accent, width: 2, points: { show: true, size: 6, fill: accent } },
        { stroke: faint(accent, 0), points: { show: false } },
        { stroke: faint(accent, 0), points: { show: false } },
      ],
      bands: [{ series: [3, 2], fill: faint(accent, 0.16) }],
      hooks: {
        draw: target ? [(u) => goal(u, target, muted)] : [],
        setCursor: [(u) => tell(box, u)],
      },
    };
  };

  const tell = (box, u) => {
    const index = u.cursor.idx;
    const [labels, value, low, high] = index == null ? [] : u.data.map((series) => series[index]);
    const text = index == null ? '' : `${labels} labels: ${value.toFixed(2)} (${low.toFixed(2)} to ${high.toFixed(2)})`;
    const readout = box.parentElement.querySelector('[data-readout]');
    if (readout.textContent !== text) readout.textContent = text;
  };

  const step = (box, by) => {
    const u = charts.get(box);
    if (!u) return;
    const last = u.data[0].length - 1;
    const index = Math.min(Math.max((u.cursor.idx ?? (by > 0 ? -1 : last + 1)) + by, 0), last);
    u.setCursor({ left: u.valToPos(u.data[0][index], 'x'), top: u.valToPos(u.data[1][index], 'y') });
  };

  const goal = (u, target, colour) => {
    const y = u.valToPos(target, 'y', true);
    u.ctx.save();
    u.ctx.strokeStyle = colour;
    u.ctx.fillStyle = colour;
    u.ctx.setLineDash([6, 6]);
    u.ctx.beginPath();
    u.ctx.moveTo(u.bbox.left, y);
    u.ctx.lineTo(u.bbox.left + u.bbox.width, y);
    u.ctx.stroke();
    u.ctx.textAlign = 'right';
    u.ctx.fillText(`target ${target.toFixed(2)}`, u.bbox.left + u.bbox.width, y - 6);
    u.ctx.restore();
  };

  const draw = (box, isFresh) => {
    const table = document.getElementById(box.dataset.chart);
    const data = read(table);
    if (!data[0].length) return;
    const chart = charts.get(box);
    if (chart && !isFresh) {
      chart.setData(data);
      return;
    }
    chart?.destroy();
    box.classList.add('drawn');
    charts.set(box, new uPlot(options(box, data, Number(box.dataset.target)), data, box));
  };

  const fit = (box) => {
    const u = charts.get(box);
    if (u && (u.width !== box.clientWidth || u.height !== box.clientHeight)) {
      u.setSize({ width: box.clientWidth, height: box.clientHeight });
    }
  };

  const all = (isFresh) => document.querySelectorAll('[data-chart]').forEach((box) => draw(box, isFresh));

  document.addEventListener('DOMContentLoaded', () => {
    all(true);
    const observer = new ResizeObserver((entries) => entries.forEach((entry) => fit(entry.target)));
    document.querySelectorAll('[data-chart]').forEach((box) => {
      observer.observe(box);
      box.addEventListener('keydown', (event) => {
        const by = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
        if (!by) return;
        event.preventDefault();
        step(box, by);
      });
    });
    matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => all(true));
  });
  document.addEventListener('htmx:afterSettle', () => all(false));
})();
