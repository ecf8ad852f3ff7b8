// What one takes away from a chart: its picture for a report, its table as a file.
(() => {
  'use strict';

  const MARGIN = 24;

  function save(blob, name) {
    const link = document.createElement('a');
    link.href = URL.createObjectURL(blob);
    link.download = name;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
  }

  const nameOf = (box) => `${location.pathname.split('/').filter(Boolean)[1] ?? 'alapp'}-${box.id.replace(/-plot$/, '')}`;

  function frame(source, title, colours) {
    const scale = window.uPlot.pxRatio;
    const [edge, head] = [MARGIN * scale, 36 * scale];
    const canvas = document.createElement('canvas');
    canvas.width = source.width + 2 * edge;
    canvas.height = source.height + 2 * edge + head;
    const ctx = canvas.getContext('2d');
    ctx.fillStyle = colours.ground;
    ctx.fillRect(0, 0, canvas.width, canvas.height);
    ctx.fillStyle = colours.ink;
    ctx.font = `600 ${18 * scale}px system-ui, sans-serif`;
    ctx.textBaseline = 'top';
    ctx.fillText(title, edge, edge, source.width);
    ctx.drawImage(source, edge, edge + head);
    return canvas;
  }

  function picture(box) {
    const title = document.getElementById(box.getAttribute('aria-labelledby'))?.textContent.trim() ?? '';
    const take = (source, colours) => frame(source, title, colours).toBlob((blob) => save(blob, `${nameOf(box)}.png`));
    box.dispatchEvent(new CustomEvent('chart:picture', { bubbles: true, detail: { take } }));
  }

  // Leading =, +, - and @ would be read as a formula by spreadsheets; numbers stay numbers.
  const safe = (text) => (/^[=+\-@\t]/.test(text) && Number.isNaN(Number(text)) ? `'${text}` : text);
  const quoted = (text) => (/[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
  const valueOf = (cell) => cell.dataset.value ?? cell.textContent.trim().replace(/\s+/g, ' ');

  function rows(table) {
    const lines = [...table.rows].map((row) => [...row.cells].map((cell) => quoted(safe(valueOf(cell)))).join(','));
    return new Blob([`${lines.join('\r\n')}\r\n`], { type: 'text/csv;charset=utf-8' });
  }

  document.addEventListener('click', (event) => {
    const tool = event.target.closest('[data-chart-do]');
    if (!tool) return;
    const box = document.getElementById(tool.dataset.of);
    if (tool.dataset.chartDo === 'png') picture(box);
    else save(rows(document.getElementById(box.dataset.chart)), `${nameOf(box)}.csv`);
  });
})();
