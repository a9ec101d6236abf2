/** Where the remote picture lies on the page, and what a point or a wheel's turn on the page means there. Pure. */

export interface Size {
  width: number;
  height: number;
}

/** In CSS pixels of the stage. */
export interface Placement extends Size {
  left: number;
  top: number;
  /** Device pixels for each remote pixel. */
  scale: number;
}

/** A picture this near to its own size is shown at it: sharp, with a hair's breadth of margin, rather than blurred to the last pixel. */
const SNAP = 0.02;

/** Fits `remote` into a stage of `stage` CSS pixels, centred; exact to the device pixel where the scale is 1. */
export function place(remote: Size, stage: Size, devicePixelRatio: number): Placement {
  const width = Math.round(stage.width * devicePixelRatio);
  const height = Math.round(stage.height * devicePixelRatio);
  const fit = Math.min(width / remote.width, height / remote.height);
  const scale = fit >= 1 && fit <= 1 + SNAP ? 1 : fit;
  return {
    left: Math.max(0, Math.floor((width - remote.width * scale) / 2)) / devicePixelRatio,
    top: Math.max(0, Math.floor((height - remote.height * scale) / 2)) / devicePixelRatio,
    width: (remote.width * scale) / devicePixelRatio,
    height: (remote.height * scale) / devicePixelRatio,
    scale,
  };
}

/** Where a part of the remote picture lies, in CSS pixels of the stage. */
export function within(part: Size & { x: number; y: number }, placement: Placement, remote: Size): Omit<Placement, "scale"> {
  const [across, down] = [placement.width / remote.width, placement.height / remote.height];
  return {
    left: placement.left + part.x * across,
    top: placement.top + part.y * down,
    width: part.width * across,
    height: part.height * down,
  };
}

/** The remote pixel under a point of the stage; outside the picture, the nearest one. */
export function toRemote(x: number, y: number, placement: Placement, remote: Size): { x: number; y: number } {
  return {
    x: clamp(Math.floor(((x - placement.left) * remote.width) / placement.width), 0, remote.width - 1),
    y: clamp(Math.floor(((y - placement.top) * remote.height) / placement.height), 0, remote.height - 1),
  };
}

function clamp(value: number, low: number, high: number): number {
  // Not a number (a picture of no size) is taken as the low end.
  return value > low ? Math.min(value, high) : low;
}

/** What of a WheelEvent matters. `wheelDeltaX` and `wheelDeltaY` are old, not standard, and the only exact ones. */
export interface WheelTurn {
  deltaX: number;
  deltaY: number;
  deltaMode: number;
  wheelDeltaX?: number;
  wheelDeltaY?: number;
}

/** 1/120 of a detent for each unit: a detent is 100 pixels, three lines, or a third of a page. */
const UNITS_OF_MODE = [1.2, 40, 360];

/** A wheel's turn in 1/120 of a detent, positive to the right and down. */
export function wheelUnits(turn: WheelTurn): { dx: number; dy: number } {
  const unit = UNITS_OF_MODE[turn.deltaMode] ?? 1.2;
  const one = (delta: number, wheelDelta: number | undefined) =>
    clamp(Math.round(delta === 0 ? 0 : wheelDelta ? -wheelDelta : delta * unit), -32768, 32767);
  return { dx: one(turn.deltaX, turn.wheelDeltaX), dy: one(turn.deltaY, turn.wheelDeltaY) };
}
