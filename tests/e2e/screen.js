// Runs in the page, before its own scripts: reads the remote picture as a user sees it, through drawImage of every element that shows remote pixels
// (docs/stream-protocol.md; such an element carries data-testid="screen" and its place in remote coordinates).
globalThis.millraceScreen = (() => {
  const canvas = document.createElement("canvas");
  const context = canvas.getContext("2d", { willReadFrequently: true });
  const elements = () => [...document.querySelectorAll('[data-testid="screen"]')];
  const widthOf = (element) => element.videoWidth ?? element.width;
  const heightOf = (element) => element.videoHeight ?? element.height;

  /** The remote screen's size: as far as its elements reach. */
  const size = () => {
    const far = (place, side) => Math.max(0, ...elements().map((element) => Number(element.dataset[place]) + side(element)));
    return { width: far("x", widthOf), height: far("y", heightOf) };
  };

  /** RGBA of a rectangle in remote coordinates. */
  const read = (x, y, width, height) => {
    if (canvas.width !== width || canvas.height !== height) {
      canvas.width = width;
      canvas.height = height;
    }
    for (const element of elements()) {
      const left = Number(element.dataset.x);
      const top = Number(element.dataset.y);
      if (widthOf(element) > 0 && heightOf(element) > 0) {
        context.drawImage(element, x - left, y - top, width, height, 0, 0, width, height);
      }
    }
    return context.getImageData(0, 0, width, height).data;
  };

  /** The colour of one remote pixel as RRGGBB. */
  const colour = (x, y) => {
    const [red, green, blue] = read(x, y, 1, 1);
    return ((red << 16) | (green << 8) | blue).toString(16).padStart(6, "0");
  };

  /** What a rectangle (all, if none is given) looks like: a hash, the number of its colours, the commonest one and its share. */
  const look = (area) => {
    const whole = size();
    const { x, y, width, height } = area ?? { x: 0, y: 0, ...whole };
    const data = read(x, y, width, height);
    const words = new Uint32Array(data.buffer, data.byteOffset, data.length / 4);
    const counts = new Map();
    let hash = 0x811c9dc5;
    for (const word of words) {
      counts.set(word, (counts.get(word) ?? 0) + 1);
      hash = Math.imul(hash ^ word, 0x01000193) >>> 0;
    }
    const [common, count] = [...counts].reduce((best, one) => (one[1] > best[1] ? one : best), [0, 0]);
    const rgb = ((common & 0xff) << 16) | (common & 0xff00) | ((common >> 16) & 0xff);
    return { ...whole, hash, colours: counts.size, common: rgb.toString(16).padStart(6, "0"), share: count / Math.max(1, words.length) };
  };

  /** Colours at the middles of a grid's cells, for comparing whole pictures: the browser picks the points, so that only they are read back. */
  const cells = document.createElement("canvas");
  const cellContext = cells.getContext("2d", { willReadFrequently: true });
  const grid = (columns, rows) => {
    const { width, height } = size();
    if (cells.width !== columns || cells.height !== rows) {
      cells.width = columns;
      cells.height = rows;
    }
    cellContext.imageSmoothingEnabled = false;
    for (const element of elements()) {
      const [across, down] = [columns / width, rows / height];
      const [left, top] = [Number(element.dataset.x) * across, Number(element.dataset.y) * down];
      if (widthOf(element) > 0 && heightOf(element) > 0) {
        cellContext.drawImage(element, left, top, widthOf(element) * across, heightOf(element) * down);
      }
    }
    const data = cellContext.getImageData(0, 0, columns, rows).data;
    return Array.from({ length: columns * rows }, (_, index) => (data[4 * index] << 16) | (data[4 * index + 1] << 8) | data[4 * index + 2]);
  };

  /** How many pixels of two moments differ: keeps a picture under a name, and compares the present one with it. */
  const kept = new Map();
  const keep = (name, area) => void kept.set(name, read(area.x, area.y, area.width, area.height).slice());
  const changed = (name, area) => {
    const before = new Uint32Array(kept.get(name).buffer);
    const data = read(area.x, area.y, area.width, area.height);
    const now = new Uint32Array(data.buffer, data.byteOffset, data.length / 4);
    return now.reduce((sum, word, index) => sum + (word === before[index] ? 0 : 1), 0);
  };

  return { size, read, colour, look, grid, keep, changed };
})();
