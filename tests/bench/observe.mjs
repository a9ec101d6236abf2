// Runs in the page, before its scripts: what a user sees of the remote picture, frame by frame.

/** Adds `millraceBench` to the page. */
export function observe() {
  const MARK_BITS = 16;
  const MARK_SIDE = 16;
  // A rest has two seconds, less what the last picture was late. What is shorter is a film that stands still for a moment.
  const SHORTEST_REST_MS = 1000;
  const STOP_MS = 500;
  const strip = document.createElement("canvas");
  strip.width = MARK_BITS * MARK_SIDE;
  strip.height = 1;
  const context = strip.getContext("2d", { willReadFrequently: true });
  const widthOf = (element) => element.videoWidth ?? element.width;
  const heightOf = (element) => element.videoHeight ?? element.height;

  /** What shows this place: the last element that holds it lies on top. */
  const at = (x, y) =>
    [...document.querySelectorAll('[data-testid="screen"]')].findLast((element) => {
      const [left, top] = [Number(element.dataset.x), Number(element.dataset.y)];
      return x >= left && y >= top && x < left + widthOf(element) && y < top + heightOf(element);
    });

  /** The step that the application's mark tells, whose upper left corner is here. */
  const step = (x, y) => {
    const element = at(x, y + MARK_SIDE / 2);
    if (!element) return undefined;
    const [left, top] = [Number(element.dataset.x), Number(element.dataset.y)];
    context.drawImage(element, x - left, y - top + MARK_SIDE / 2, strip.width, 1, 0, 0, strip.width, 1);
    const { data } = context.getImageData(0, 0, strip.width, 1);
    let value = 0;
    for (let bit = 0; bit < MARK_BITS; bit++) value = value * 2 + (data[4 * (bit * MARK_SIDE + MARK_SIDE / 2) + 1] > 127 ? 1 : 0);
    return value;
  };

  let watching = false;
  let seen = [];

  /** Notes when each new step is seen, until `stop`. */
  const watch = (x, y) => {
    watching = true;
    seen = [];
    let last;
    const frame = (now) => {
      if (!watching) return;
      const value = step(x, y);
      if (value !== last) seen.push({ time: now, step: value });
      last = value;
      requestAnimationFrame(frame);
    };
    requestAnimationFrame(frame);
  };

  const stop = () => {
    watching = false;
    return seen;
  };

  /** The picture of an area at this moment: its step, its luma (BT.709), and a hash of its colours. */
  const picture = ({ x, y, width, height }) =>
    new Promise((resolve) =>
      requestAnimationFrame(() => {
        const data = millraceScreen.read(x, y, width, height);
        const luma = new Uint8Array(width * height);
        let hash = 0x811c9dc5;
        for (let i = 0, j = 0; i < luma.length; i++, j += 4) {
          luma[i] = (data[j] * 54 + data[j + 1] * 183 + data[j + 2] * 19 + 128) >> 8;
          hash = Math.imul(hash ^ ((data[j] << 16) | (data[j + 1] << 8) | data[j + 2]), 0x01000193) >>> 0;
        }
        let text = "";
        for (let i = 0; i < luma.length; i += 0x8000) text += String.fromCharCode(...luma.subarray(i, i + 0x8000));
        let value = 0;
        for (let bit = 0; bit < MARK_BITS; bit++) {
          const middle = 4 * ((MARK_SIDE / 2) * width + bit * MARK_SIDE + MARK_SIDE / 2);
          value = value * 2 + (data[middle + 1] > 127 ? 1 : 0);
        }
        resolve({ step: value, hash, luma: btoa(text) });
      }),
    );

  const hashOf = (data) => {
    let hash = 0x811c9dc5;
    for (let i = 0; i < data.length; i += 4) hash = Math.imul(hash ^ ((data[i] << 16) | (data[i + 1] << 8) | data[i + 2]), 0x01000193) >>> 0;
    return hash;
  };

  /**
   * Looks at so many rests of a picture that moves and rests in turns: how long after its last step it changed for the last time, in ms, and into
   * what. `stops`: how often it stood still for half a second or more although it was no rest.
   */
  const rests = ({ x, y, width, height }, count) =>
    new Promise((resolve) => {
      const seen = [];
      let stops = 0;
      let last;
      const frame = (now) => {
        const value = step(x, y);
        if (last?.step !== value) {
          const stood = last ? now - last.moved : 0;
          if (seen.length > 0 && stood >= STOP_MS && stood <= SHORTEST_REST_MS) stops++;
          if (last?.hash !== undefined && stood > SHORTEST_REST_MS) seen.push({ step: last.step, time: last.changed - last.moved, hash: last.hash });
          last = { step: value, moved: now, changed: now, hash: undefined };
        } else if (now - last.moved > 60) {
          const hash = hashOf(millraceScreen.read(x, y, width, height));
          if (hash !== last.hash) Object.assign(last, { hash, changed: now });
        }
        if (seen.length >= count) return resolve({ seen, stops });
        requestAnimationFrame(frame);
      };
      requestAnimationFrame(frame);
    });

  /** Arms one measurement from a key to the other colour. Resolves to milliseconds, or null when the colour did not change in time. */
  const key = ({ place, from, limit }) => {
    globalThis.benchmark = new Promise((resolve) => {
      let pressed;
      const onKey = (event) => {
        if (event.isTrusted && pressed === undefined) pressed = event.timeStamp;
      };
      addEventListener("keydown", onKey, { capture: true });
      const armed = performance.now();
      const finish = (value) => {
        removeEventListener("keydown", onKey, { capture: true });
        resolve(value);
      };
      const frame = () => {
        const now = performance.now();
        if (pressed !== undefined && millraceScreen.colour(place.x, place.y) !== from) return finish(now - pressed);
        if (now - (pressed ?? armed) > limit) return finish(null);
        requestAnimationFrame(frame);
      };
      requestAnimationFrame(frame);
    });
  };

  globalThis.millraceBench = { step, watch, stop, picture, rests, key };
}
