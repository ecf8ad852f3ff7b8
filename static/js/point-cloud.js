/* Draws up to 100,000 points into a canvas, pixel by pixel: no WebGL, so it is the same everywhere.

Points are columns of numbers; a grid over the plane finds them again. A shade of 255 hides a point.
  new PointCloud(canvas); .load({ n, x, y }); .paint({ shade, shape, rank, palette });
  .view = { k, tx, ty }; .draw(); .nearest(px, py, reach); .within(polygon) */
'use strict';

(() => {
  const CELLS = 128;
  const CELL = 65536 / CELLS;
  const HIDDEN = 255;
  // Inside of each shape, in units of its radius: circle, square, triangle, diamond, plus, cross.
  const SHAPES = [
    (x, y) => x * x + y * y <= 1,
    (x, y) => Math.max(Math.abs(x), Math.abs(y)) <= 0.88,
    (x, y) => y <= 0.75 && y >= 2 * Math.abs(x) - 1.1,
    (x, y) => Math.abs(x) + Math.abs(y) <= 1.2,
    (x, y) => Math.max(Math.abs(x), Math.abs(y)) <= 1.1 && Math.min(Math.abs(x), Math.abs(y)) <= 0.38,
    (x, y) => Math.abs(Math.abs(x) - Math.abs(y)) <= 0.5 && Math.max(Math.abs(x), Math.abs(y)) <= 0.95,
  ];
  const FINE = 4;

  // How much of each pixel around a point a shape covers, as distances in the picture.
  const stamp = (inside, radius, width) => {
    const reach = Math.ceil(radius * 1.2);
    const at = [];
    const alpha = [];
    for (let dy = -reach; dy <= reach; dy += 1) {
      for (let dx = -reach; dx <= reach; dx += 1) {
        let covered = 0;
        for (let s = 0; s < FINE * FINE; s += 1) {
          const x = (dx + ((s % FINE) + 0.5) / FINE - 0.5) / radius;
          const y = (dy + (Math.floor(s / FINE) + 0.5) / FINE - 0.5) / radius;
          if (inside(x, y)) covered += 1;
        }
        if (!covered) continue;
        at.push(dy * width + dx);
        alpha.push(Math.round((255 * covered) / (FINE * FINE)));
      }
    }
    return { at: Int32Array.from(at), alpha: Uint8Array.from(alpha) };
  };

  class PointCloud {
    constructor(canvas) {
      this.canvas = canvas;
      this.context = canvas.getContext('2d');
      this.view = { k: 1, tx: 0, ty: 0 };
      this.n = 0;
      this.drawn = 0;
    }

    load({ n, x, y }) {
      Object.assign(this, { n, x, y });
      // Points sorted by cell, by counting: the cell's points are cellItems[start..next start).
      this.start = new Uint32Array(CELLS * CELLS + 1);
      for (let i = 0; i < n; i += 1) this.start[this.cellOf(x[i], y[i]) + 1] += 1;
      for (let c = 0; c < CELLS * CELLS; c += 1) this.start[c + 1] += this.start[c];
      const next = this.start.slice();
      this.cellItems = new Uint32Array(n);
      for (let i = 0; i < n; i += 1) this.cellItems[next[this.cellOf(x[i], y[i])]++] = i;
      this.shade = new Uint8Array(n);
    }

    cellOf(x, y) {
      return Math.floor(y / CELL) * CELLS + Math.floor(x / CELL);
    }

    // rank 0 lies at the bottom. The columns are copied in the order of drawing, hidden ones left
    // out, so that a frame reads memory from front to back.
    paint({ shade, shape, rank, palette }) {
      Object.assign(this, { shade, palette });
      const order = [[], [], []];
      for (let i = 0; i < this.n; i += 1) if (shade[i] !== HIDDEN) order[rank[i]].push(i);
      const all = order.flat();
      this.shown = all.length;
      this.ox = Uint16Array.from(all, (i) => this.x[i]);
      this.oy = Uint16Array.from(all, (i) => this.y[i]);
      this.oshade = Uint8Array.from(all, (i) => shade[i]);
      this.oshape = Uint8Array.from(all, (i) => shape[i]);
    }

    resize(width, height) {
      this.canvas.width = width;
      this.canvas.height = height;
      this.image = this.context.createImageData(width, height);
      this.pixels = new Uint32Array(this.image.data.buffer);
      this.radius = 0;
    }

    stamps(radius) {
      if (radius !== this.radius) {
        this.radius = radius;
        this.cut = SHAPES.map((inside) => stamp(inside, radius, this.canvas.width));
        this.halo = stamp(SHAPES[0], radius * 2, this.canvas.width);
      }
      return this.cut;
    }

    draw(radius, selected, haloColour) {
      const begun = performance.now();
      const cut = this.stamps(radius);
      this.pixels.fill(0);
      for (let i = 0; i < this.shown; i += 1) this.dab(this.ox[i], this.oy[i], cut[this.oshape[i]], this.palette[this.oshade[i]]);
      for (const i of selected) this.dab(this.x[i], this.y[i], this.halo, haloColour);
      for (const i of selected) if (this.shade[i] !== HIDDEN) this.dab(this.x[i], this.y[i], cut[0], this.palette[this.shade[i]]);
      this.context.putImageData(this.image, 0, 0);
      this.drawn = performance.now() - begun;
    }

    dab(x, y, { at, alpha }, colour) {
      const { pixels, canvas } = this;
      const { k, tx, ty } = this.view;
      const margin = this.radius * 2.4 + 1;
      const px = x * k + tx;
      const py = ty - y * k;
      if (px < margin || py < margin || px >= canvas.width - margin || py >= canvas.height - margin) return;
      const middle = Math.round(py) * canvas.width + Math.round(px);
      for (let s = 0; s < at.length; s += 1) {
        const p = middle + at[s];
        // Edges never thin out what lies below them.
        if (alpha[s] >= pixels[p] >>> 24) pixels[p] = (colour & 0xffffff) | (alpha[s] << 24);
      }
    }

    // The point nearest to a place of the canvas, -1 when none is within reach.
    nearest(px, py, reach) {
      const { k, tx, ty } = this.view;
      const [cx, cy, r] = [(px - tx) / k, (ty - py) / k, reach / k];
      let [best, found] = [r * r, -1];
      this.each(cx - r, cy - r, cx + r, cy + r, (i) => {
        const away = (this.x[i] - cx) ** 2 + (this.y[i] - cy) ** 2;
        if (away <= best && this.shade[i] !== HIDDEN) [best, found] = [away, i];
      });
      return found;
    }

    each(x0, y0, x1, y1, visit) {
      const cell = (value) => Math.min(Math.max(Math.floor(value / CELL), 0), CELLS - 1);
      for (let row = cell(y0); row <= cell(y1); row += 1) {
        for (let column = cell(x0); column <= cell(x1); column += 1) {
          const c = row * CELLS + column;
          for (let at = this.start[c]; at < this.start[c + 1]; at += 1) visit(this.cellItems[at]);
        }
      }
    }

    // The visible points inside a polygon of places of the canvas.
    within(polygon) {
      const { k, tx, ty } = this.view;
      const corners = polygon.map(([px, py]) => [(px - tx) / k, (ty - py) / k]);
      const [xs, ys] = [corners.map(([x]) => x), corners.map(([, y]) => y)];
      const found = [];
      this.each(Math.min(...xs), Math.min(...ys), Math.max(...xs), Math.max(...ys), (i) => {
        if (this.shade[i] !== HIDDEN && contains(corners, this.x[i], this.y[i])) found.push(i);
      });
      return found;
    }
  }

  // A ray from the point crosses the outline an odd number of times when it starts inside.
  const contains = (corners, x, y) => {
    let inside = false;
    for (let a = 0, b = corners.length - 1; a < corners.length; b = a, a += 1) {
      const [ax, ay] = corners[a];
      const [bx, by] = corners[b];
      if (ay > y !== by > y && x < ((bx - ax) * (y - ay)) / (by - ay) + ax) inside = !inside;
    }
    return inside;
  };

  window.PointCloud = PointCloud;
})();
