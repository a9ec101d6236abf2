/**
 * The video region: H.264 to pictures, by the browser's own decoder. One access unit goes in and one picture comes out; whoever applies the frame
 * waits for it. The region's pictures lie over the picture in memory until the region ends, and the last one then becomes part of it. Over a thin link
 * they have fewer pixels than the region, which they fill all the same.
 */
import { type Frame, type Operation, ProtocolError } from "./protocol.ts";

type VideoOperation = Extract<Operation, { kind: "video" }>;

/** A decoder that gives no picture for so long holds pictures back, or is broken. */
const PATIENCE_MS = 1_000;
/** What openh264 writes: constrained baseline, here of a level that holds any screen. */
const USUAL_CODEC = "avc1.42c033";

/** The codec's name (RFC 6381) by the sequence parameter set that the data begin with; nothing if there is none. */
export function codecName(data: Uint8Array): string | undefined {
  const hex = (value: number) => value.toString(16).padStart(2, "0");
  for (let at = 0; at + 6 < Math.min(data.length, 64); at++) {
    if (data[at] === 0 && data[at + 1] === 0 && data[at + 2] === 1 && (data[at + 3]! & 0x1f) === 7) {
      return `avc1.${hex(data[at + 4]!)}${hex(data[at + 5]!)}${hex(data[at + 6]!)}`;
    }
  }
  return undefined;
}

/** Whether this browser decodes H.264 for a page: not every one does, and none for pages that came over plain http from another host. */
export async function canDecodeVideo(): Promise<boolean> {
  if (typeof VideoDecoder !== "function" || typeof EncodedVideoChunk !== "function") {
    return false;
  }
  try {
    const { supported } = await VideoDecoder.isConfigSupported({ codec: USUAL_CODEC, optimizeForLatency: true });
    return supported === true;
  } catch {
    return false;
  }
}

interface Waiting {
  resolve(picture: VideoFrame | undefined): void;
  timer: ReturnType<typeof setTimeout>;
}

export class VideoRegion {
  /** Where it is; nothing while there is none. */
  place: { x: number; y: number; width: number; height: number } | undefined;
  /** What it shows. */
  shown: VideoFrame | undefined;
  private decoder: VideoDecoder | undefined;
  private waiting: Waiting[] = [];
  private sequence = { x: 0, y: 0, width: 0, height: 0 };
  private time = 0;

  /** `failed` is called once when the decoder turns out not to work: there will be no pictures any more. */
  constructor(private readonly failed: (why: unknown) => void) {}

  /** Begins to decode a frame's access unit; nothing if it has none. To be called in the frames' order. */
  decode(frame: Frame): Promise<VideoFrame | undefined> | undefined {
    const unit = frame.operations.find((operation): operation is VideoOperation => operation.kind === "video");
    if (!unit) {
      return undefined;
    }
    if (unit.begins) {
      this.begin(unit);
    }
    const decoder = this.decoder;
    if (!decoder) {
      // It failed, and the agent does not know yet.
      return Promise.resolve(undefined);
    }
    const { x, y, width, height } = this.sequence;
    if (unit.x !== x || unit.y !== y || unit.width !== width || unit.height !== height) {
      throw new ProtocolError("the video region moved without beginning anew");
    }
    return new Promise((resolve) => {
      const timer = setTimeout(() => this.fail(new Error("the video decoder holds pictures back")), PATIENCE_MS);
      this.waiting.push({ resolve, timer });
      try {
        decoder.decode(new EncodedVideoChunk({ type: unit.begins ? "key" : "delta", timestamp: ++this.time, data: unit.data }));
      } catch (error) {
        this.fail(error);
      }
    });
  }

  private begin(unit: VideoOperation): void {
    const codec = codecName(unit.data);
    if (!codec) {
      throw new ProtocolError("a video sequence begins without its parameters");
    }
    this.stop();
    const { x, y, width, height } = unit;
    this.sequence = { x, y, width, height };
    const decoder = new VideoDecoder({
      output: (picture) => this.output(decoder, picture),
      error: (error) => this.decoder === decoder && this.fail(error),
    });
    // Without the pictures' size: that is in the sequence's parameters, and may be smaller than the region's.
    decoder.configure({ codec, optimizeForLatency: true });
    this.decoder = decoder;
  }

  private output(decoder: VideoDecoder, picture: VideoFrame): void {
    const next = decoder === this.decoder ? this.waiting.shift() : undefined;
    if (!next) {
      picture.close();
      return;
    }
    clearTimeout(next.timer);
    next.resolve(picture);
  }

  private fail(why: unknown): void {
    this.stop();
    this.failed(why);
  }

  /** No more pictures of this sequence. */
  private stop(): void {
    for (const { resolve, timer } of this.waiting.splice(0)) {
      clearTimeout(timer);
      resolve(undefined);
    }
    if (this.decoder && this.decoder.state !== "closed") {
      this.decoder.close();
    }
    this.decoder = undefined;
  }

  /** Shows a picture from now on. */
  show(unit: VideoOperation, picture: VideoFrame): void {
    if (picture.displayWidth > unit.width || picture.displayHeight > unit.height) {
      picture.close();
      throw new ProtocolError("a video picture is larger than its region");
    }
    this.shown?.close();
    this.shown = picture;
    const { x, y, width, height } = unit;
    this.place = { x, y, width, height };
  }

  /** What the region shows, RGBA in memory order: it is about to end. */
  pixels(): Uint32Array | undefined {
    const { shown, place } = this;
    if (!shown || !place) {
      return undefined;
    }
    const { width, height } = place;
    const canvas = typeof OffscreenCanvas === "undefined" ? document.createElement("canvas") : new OffscreenCanvas(width, height);
    canvas.width = width;
    canvas.height = height;
    const context = canvas.getContext("2d", { alpha: false, willReadFrequently: true }) as OffscreenCanvasRenderingContext2D | null;
    if (!context) {
      throw new Error("no canvas to read a video picture with");
    }
    context.drawImage(shown, 0, 0, width, height);
    return new Uint32Array(context.getImageData(0, 0, width, height).data.buffer);
  }

  /** There is no region any more, but perhaps pictures of the next one are on their way. */
  hide(): void {
    this.shown?.close();
    this.shown = undefined;
    this.place = undefined;
  }

  /** Forgets everything. */
  close(): void {
    this.stop();
    this.hide();
  }
}
