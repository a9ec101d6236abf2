/**
 * The remote picture in memory, and which parts of it changed since it was last painted.
 *
 * Operations apply to these pixels and not to the canvas, for three reasons: a frame in several parts appears whole or not at all; a scroll is a
 * memory move, where a canvas drawn onto itself copies its whole self first; and all of it can be tested without a browser.
 */
import type { Images } from "./jpeg.ts";
import { type Frame, type Operation, ProtocolError, TileCodec } from "./protocol.ts";
import { opaque, TileDecoder } from "./tiles.ts";

export interface Rectangle {
  x: number;
  y: number;
  width: number;
  height: number;
}

/** More changed rectangles than this are painted as one: each has a price of its own. */
const MAX_RECTANGLES = 64;

export class Picture {
  width = 0;
  height = 0;
  /** RGBA, rows from the top. */
  pixels: Uint8ClampedArray<ArrayBuffer> = new Uint8ClampedArray(0);
  private words = new Uint32Array(0);
  private readonly decoder = new TileDecoder();
  private changed: Rectangle[] = [];
  private lastFrame: number | undefined;
  private open = false;

  /** Begins anew with an opaque black picture of this size; a whole picture follows. */
  resize(width: number, height: number): void {
    this.width = width;
    this.height = height;
    this.pixels = new Uint8ClampedArray(width * height * 4);
    this.words = new Uint32Array(this.pixels.buffer);
    this.words.fill(opaque(0, 0, 0));
    this.changed = [];
  }

  /** A new attach: frame numbers may begin anywhere. */
  restart(): void {
    this.lastFrame = undefined;
    this.open = false;
  }

  /** Applies one part of a frame, with what its JPEG tiles, and the end of a video region, show. */
  apply(frame: Frame, images?: Images): void {
    this.checkOrder(frame);
    for (const operation of frame.operations) {
      this.operate(operation, images);
    }
    this.open = !frame.last;
  }

  /** What changed since the last call, as rectangles that together cost the least to paint. */
  takeChanged(): Rectangle[] {
    const changed = this.changed;
    this.changed = [];
    if (changed.length < 2) {
      return changed;
    }
    const union = changed.reduce(unite);
    const sum = changed.reduce((area, rectangle) => area + rectangle.width * rectangle.height, 0);
    return changed.length > MAX_RECTANGLES || union.width * union.height <= sum * 1.25 ? [union] : changed;
  }

  // INVARIANT: no frame is skipped: every operation builds on the picture that the ones before it left.
  private checkOrder(frame: Frame): void {
    const last = this.lastFrame;
    const expected = last === undefined ? frame.frame : this.open ? last : (last + 1) >>> 0;
    if (frame.frame !== expected) {
      throw new ProtocolError("a frame is out of order");
    }
    this.lastFrame = frame.frame;
  }

  private operate(operation: Operation, images: Images | undefined): void {
    this.checkInside(operation.x, operation.y, operation.width, operation.height);
    switch (operation.kind) {
      case "copy":
        this.checkInside(operation.sourceX, operation.sourceY, operation.width, operation.height);
        this.copy(operation.sourceX, operation.sourceY, operation);
        break;
      case "fill":
        this.fill(operation, opaque(operation.red, operation.green, operation.blue));
        break;
      case "tile": {
        const { width, height } = operation;
        const tile =
          operation.codec === TileCodec.jpeg
            ? images?.get(operation)
            : this.decoder.decode(operation.codec, width * height, operation.data);
        if (tile?.length !== width * height) {
          throw new ProtocolError("a tile's picture is missing");
        }
        this.paint(operation, tile);
        break;
      }
      case "video":
        // It lies over the picture.
        return;
      case "endVideo": {
        const pixels = images?.get(operation);
        if (pixels) {
          this.paint(operation, pixels);
        }
        break;
      }
    }
    this.changed.push({ x: operation.x, y: operation.y, width: operation.width, height: operation.height });
    if (this.changed.length > 4 * MAX_RECTANGLES) {
      this.changed = [this.changed.reduce(unite)];
    }
  }

  private paint(to: Rectangle, pixels: Uint32Array): void {
    for (let row = 0; row < to.height; row++) {
      this.words.set(pixels.subarray(row * to.width, (row + 1) * to.width), (to.y + row) * this.width + to.x);
    }
  }

  private checkInside(x: number, y: number, width: number, height: number): void {
    if (width === 0 || height === 0 || x + width > this.width || y + height > this.height) {
      throw new ProtocolError("an operation is outside the screen");
    }
  }

  private copy(sourceX: number, sourceY: number, to: Rectangle): void {
    const { words, width: stride } = this;
    // Downwards from the last row up, so that no row is overwritten before it was read; copyWithin itself handles overlap within a row.
    const down = to.y > sourceY;
    for (let i = 0; i < to.height; i++) {
      const row = down ? to.height - 1 - i : i;
      const from = (sourceY + row) * stride + sourceX;
      words.copyWithin((to.y + row) * stride + to.x, from, from + to.width);
    }
  }

  private fill(to: Rectangle, colour: number): void {
    for (let row = to.y; row < to.y + to.height; row++) {
      const start = row * this.width + to.x;
      this.words.fill(colour, start, start + to.width);
    }
  }
}

function unite(a: Rectangle, b: Rectangle): Rectangle {
  const x = Math.min(a.x, b.x);
  const y = Math.min(a.y, b.y);
  return {
    x,
    y,
    width: Math.max(a.x + a.width, b.x + b.width) - x,
    height: Math.max(a.y + a.height, b.y + b.height) - y,
  };
}
