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

  const plain = (u, value) => (value == null ? '–' : value.toFixed(2));

  const options = (box, data, target) => {
    const [ink, muted, line, accent] = ['ink', 'muted', 'line', 'accent'].map(token);
    const axis = { stroke: muted, font: '12px system-ui', ticks: { show: false } };
    const lowest = Math.min(...data[2], 1);
    return {
      width: box.clientWidth,
      height: box.clientHeight - 40,
      cursor: { y: false, points: { size: 7 } },
      scales: {
        x: { time: false, range: (u, low, high) => [0, Math.max(high, 10) * 1.02] },
        y: { range: [Math.max(0, Math.floor(lowest * 10) / 10), 1] },
      },
      axes: [
        { ...axis, grid: { show: false }, label: 'Labels', labelFont: '12px system-ui', labelSize: 18, size: 34 },
        { ...axis, grid: { stroke: line, width: 1 }, size: 44, values: (u, ticks) => ticks.map((tick) => tick.toFixed(1)) },
      ],
      series: [
        { label: 'Labels', value: (u, value) => (value == null ? '–' : String(value)) },
        { label: 'Accuracy', stroke: accent, width: 2, value: plain, points: { show: true, size: 6, fill: accent } },
        { label: 'Low', stroke: faint(accent, 0), value: plain, points: { show: false } },
        { label: 'High', stroke: faint(accent, 0), value: plain, points: { show: false } },
      ],
      bands: [{ series: [3, 2], fill: faint(accent, 0.16) }],
      hooks: { draw: target ? [(u) => goal(u, target, muted)] : [] },
    };
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
    box.hidden = false;
    box.classList.add('drawn');
    charts.set(box, new uPlot(options(box, data, Number(box.dataset.target)), data, box));
  };

  const all = (isFresh) => document.querySelectorAll('[data-chart]').forEach((box) => draw(box, isFresh));

  document.addEventListener('DOMContentLoaded', () => {
    all(true);
    const observer = new ResizeObserver(() => all(true));
    document.querySelectorAll('[data-chart]').forEach((box) => observer.observe(box));
    matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => all(true));
  });
  document.addEventListener('htmx:afterSettle', () => all(false));
})();
