/* The map's columns: read from the file the worker wrote, and turned into shades by what a lead
wants to see. */
'use strict';

(() => {
  const NO_CLASS = 65535;
  const NO_DOUBT = 255;
  const HIDDEN = 255;
  const COLOURS = 8;
  const SHAPES = 6;
  const PLAIN = 1; // The shade of what has no class, doubt or round.
  const BINS = 6;

  const read = (buffer) => {
    const size = new DataView(buffer).getUint32(0, true);
    const header = JSON.parse(new TextDecoder().decode(new Uint8Array(buffer, 4, size)));
    const { n } = header;
    let at = 4 + size;
    const column = (Type) => {
      const values = new Type(buffer, at, n);
      at += n * Type.BYTES_PER_ELEMENT;
      return values;
    };
    return {
      n,
      first: header.first_id,
      item: column(Uint32Array),
      x: column(Uint16Array),
      y: column(Uint16Array),
      predicted: column(Uint16Array),
      doubt: column(Uint8Array),
      label: new Int16Array(n).fill(-1),
      round: new Int32Array(n).fill(-1),
    };
  };

  const answer = (data, { items, classes, rounds }) => {
    const places = new Map();
    for (let i = 0; i < data.n; i += 1) places.set(data.first + data.item[i], i);
    data.label.fill(-1);
    data.round.fill(-1);
    data.isAnswered = new Uint8Array(data.n);
    items.forEach((item, row) => {
      const place = places.get(item);
      if (place === undefined) return;
      data.isAnswered[place] = 1;
      data.label[place] = classes[row];
      data.round[place] = rounds[row];
    });
  };

  // What each point is in a mode: the number of a legend's entry, -1 for none.
  const entries = {
    predicted: (data) => Int32Array.from(data.predicted, (place) => (place === NO_CLASS ? -1 : place)),
    label: (data) => Int32Array.from(data.label),
    doubt: (data) => Int32Array.from(data.doubt, (value) => (value === NO_DOUBT ? -1 : Math.min(Math.floor((value * BINS) / 255), BINS - 1))),
    round: (data) => {
      const last = Math.max(data.round.reduce((a, b) => Math.max(a, b), 0), 1);
      return Int32Array.from(data.round, (round) => (round < 0 ? -1 : Math.min(Math.floor((round * BINS) / (last + 1)), BINS - 1)));
    },
  };

  const legend = (mode, data, names) => {
    if (mode === 'predicted' || mode === 'label') return names;
    if (mode === 'doubt') return ['Surest', 'Sure', 'Rather sure', 'Rather unsure', 'Unsure', 'Least sure'];
    const last = Math.max(data.round.reduce((a, b) => Math.max(a, b), 0), 1);
    const from = (bin) => Math.ceil((bin * (last + 1)) / BINS);
    const to = (bin) => Math.max(from(bin + 1) - 1, from(bin));
    return Array.from({ length: BINS }, (_, bin) => (from(bin) === to(bin) ? `Round ${from(bin)}` : `Rounds ${from(bin)} to ${to(bin)}`));
  };

  const isRamp = (mode) => mode === 'doubt' || mode === 'round';

  // Shade 0 is unused, 1 is plain, from 2 on the colours. Shapes change when the colours are used up.
  const paint = (data, mode, hidden) => {
    const entry = entries[mode](data);
    const shade = new Uint8Array(data.n);
    const shape = new Uint8Array(data.n);
    const rank = new Uint8Array(data.n);
    const counts = new Map();
    for (let i = 0; i < data.n; i += 1) {
      const e = entry[i];
      counts.set(e, (counts.get(e) ?? 0) + 1);
      if (hidden.has(e)) shade[i] = HIDDEN;
      else if (e < 0) shade[i] = PLAIN;
      else {
        shade[i] = 2 + (isRamp(mode) ? e : e % COLOURS);
        shape[i] = isRamp(mode) ? 0 : Math.floor(e / COLOURS) % SHAPES;
        rank[i] = data.isAnswered[i] ? 2 : 1;
      }
    }
    return { shade, shape, rank, counts };
  };

  window.mapData = { read, answer, paint, legend, isRamp, COLOURS, SHAPES, BINS };
})();
