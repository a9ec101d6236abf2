/**
 * One viewer's end of the stream: owns the WebSocket, decodes, paints and acknowledges.
 *
 * It runs in a Worker, because browsers hold back a page's main-thread WebSocket messages after a key or click until the next animation frame;
 * where a canvas cannot be given to a Worker the very same code runs in the page.
 *
 *   idle ──connect──> opening ──Welcome──> attached ──┬─ Ended ──> idle, tells `ended`
 *                        └── too late, refused, lost ─┴──────────> idle, tells `closed`
 */
import { addAreas, type Areas, figures } from "./figures.ts";
import type { Command, StreamEvent } from "./link.ts";
import { decodeImages } from "./jpeg.ts";
import { Liveness } from "./liveness.ts";
import { InOrder } from "./order.ts";
import { type Decoded, Painter } from "./painter.ts";
import {
  ClipboardAssembler,
  decodeServerMessage,
  encodeClipboard,
  encodeDecoders,
  encodeEnd,
  encodeFrameAck,
  encodeHello,
  encodeInput,
  encodeLaunch,
  encodePing,
  encodeRefresh,
  encodeResize,
  encodeWindow,
  type Frame,
  type Input,
  ProtocolError,
  type ServerMessage,
  SUBPROTOCOL,
} from "./protocol.ts";
import { Upload } from "./upload.ts";
import { canDecodeVideo } from "./video.ts";

/** From `connect` to Welcome: more than the gateway's own patience with an agent that comes up. */
const WELCOME_TIMEOUT_MS = 30_000;
/** Pointer moves are left out while more than this waits to be sent: the next one tells all that they would. */
const MAX_BUFFERED_FOR_MOVES = 16 * 1024;
/** Above this the link is as good as dead; nothing more is queued. */
const MAX_BUFFERED = 1024 * 1024;
const MAX_STAMPS = 240;
const FIGURES_MS = 1_000;
/** Acknowledgements held back while the page is hidden; the agent stops after two. */
const MAX_HELD_ACKNOWLEDGEMENTS = 8;

/** Messages that wait for tiles to be decoded: two frames are on their way at most, each of a few parts. */
const MAX_WAITING_MESSAGES = 64;

/** One frame's way from the input that caused it to the screen. Server times and client times are different clocks. */
export interface FrameStamps {
  frame: number;
  bytes: number;
  /** Pixels by what they came as. */
  areas: Areas;
  inputSequence: number;
  inputTime: number;
  injected: number;
  damaged: number;
  captured: number;
  encoded: number;
  received: number;
  decoded: number;
  presented: number;
}

/** Microseconds of the browser's clock, the same in the page and in its Workers. */
export function clientTime(): number {
  return Math.round((performance.timeOrigin + performance.now()) * 1000);
}

/** Asked once: the answer does not change. */
let videoSupport: Promise<boolean> | undefined;

export class StreamClient {
  /** The newest frames' stamps, for the overlay and for measurements. */
  readonly stamps: FrameStamps[] = [];
  private readonly painter: Painter;
  private socket: WebSocket | undefined;
  private welcomeTimer: ReturnType<typeof setTimeout> | undefined;
  private readonly liveness = new Liveness({
    ping: () => this.ping(),
    dead: () => this.lose("the stream does not answer"),
  });
  /** Frames whose tiles the browser decodes, and what must not overtake them. */
  private readonly order = new InOrder(MAX_WAITING_MESSAGES, (error) => this.fail(error));
  private readonly upload = new Upload({
    room: () => this.attached && (this.socket?.bufferedAmount ?? 0) < MAX_BUFFERED / 2,
    send: (message) => this.send(message),
    sendInput: (input) => this.sendInput(input),
  });
  private copied = new ClipboardAssembler();
  private watchTimer: ReturnType<typeof setInterval> | undefined;
  private attached = false;
  private pictured = false;
  private sequence = 0;
  private nonce = 0;
  private frameBytes = 0;
  private frameAreas: Areas = {};
  private visible = true;
  private held: Uint8Array<ArrayBuffer>[] = [];

  constructor(private readonly tell: (event: StreamEvent, transfer?: Transferable[]) => void) {
    this.painter = new Painter(tell, (why) => this.giveUpVideo(why));
  }

  handle(command: Command): void {
    switch (command.type) {
      case "canvas":
        this.painter.use(command.canvas, command.hasFilm);
        break;
      case "connect":
        this.connect(command);
        break;
      case "disconnect":
        this.drop();
        break;
      case "input":
        this.sendInput(command.input);
        break;
      case "launch":
        this.send(encodeLaunch(command.name));
        break;
      case "window":
        this.send(encodeWindow(command.id, command.action));
        break;
      case "clipboard":
        this.upload.start(encodeClipboard(command.text));
        break;
      case "end":
        this.send(encodeEnd());
        break;
      case "resize":
        this.send(encodeResize(command.page));
        break;
      case "watch":
        clearInterval(this.watchTimer);
        if (command.on) {
          this.watchTimer = setInterval(() => this.tellFigures(), FIGURES_MS);
          this.tellFigures();
        }
        break;
      case "track":
        this.painter.feed.begin(command.id, command.writable);
        break;
      case "filmShown":
        this.painter.feed.shown(command.id);
        break;
      case "filmBroken":
        this.painter.feed.broken(command.id);
        break;
      case "visible":
        this.setVisible(command.visible);
        break;
      case "check":
        if (this.attached) {
          this.liveness.check();
        }
        break;
    }
  }

  private tellFigures(): void {
    this.tell({ type: "figures", figures: figures(this.stamps, clientTime()) });
  }

  private connect(command: Extract<Command, { type: "connect" }>): void {
    this.drop();
    const socket = new WebSocket(command.url, SUBPROTOCOL);
    socket.binaryType = "arraybuffer";
    this.socket = socket;
    this.welcomeTimer = setTimeout(() => this.lose("no Welcome in time"), WELCOME_TIMEOUT_MS);
    socket.onopen = () => socket.send(encodeHello(command.kind, command.credential, command.page));
    socket.onmessage = (event: MessageEvent<unknown>) => this.receive(event.data);
    socket.onclose = (event) => this.lose(`the stream was closed (${event.code})`);
  }

  /** Forgets the connection without a word. */
  private drop(): void {
    clearTimeout(this.welcomeTimer);
    this.liveness.stop();
    this.attached = false;
    this.held = [];
    this.upload.stop();
    this.copied = new ClipboardAssembler();
    this.order.clear();
    this.painter.stop();
    const socket = this.socket;
    this.socket = undefined;
    if (socket) {
      socket.onopen = socket.onmessage = socket.onclose = null;
      socket.close();
    }
  }

  private lose(detail: string): void {
    this.drop();
    this.tell({ type: "closed", detail });
  }

  private receive(data: unknown): void {
    const received = clientTime();
    this.liveness.received();
    try {
      if (!(data instanceof ArrayBuffer)) {
        throw new ProtocolError("a message is not binary");
      }
      const bytes = new Uint8Array(data);
      const message = decodeServerMessage(bytes);
      if (!this.attached && message.type !== "welcome" && message.type !== "ended") {
        throw new ProtocolError("a message came before Welcome");
      }
      this.act(message, received, bytes.length);
    } catch (error) {
      this.fail(error);
    }
  }

  private fail(error: unknown): void {
    // A picture that cannot be trusted any more: a new attach brings a whole one.
    this.lose(error instanceof ProtocolError ? `protocol error: ${error.message}` : `error: ${String(error)}`);
    if (!(error instanceof ProtocolError)) {
      throw error;
    }
  }

  private act(message: ServerMessage, received: number, size: number): void {
    switch (message.type) {
      case "welcome":
        this.attach();
        this.tell(message);
        break;
      case "screen":
        this.order.add(undefined, () => this.painter.setScreen(message.width, message.height));
        break;
      case "frame":
        this.order.add(this.decode(message), (decoded) => this.present(message, decoded, received, size));
        break;
      case "cursor": {
        const rgba = message.rgba.slice();
        this.tell({ ...message, rgba }, [rgba.buffer]);
        break;
      }
      case "pong":
        break;
      case "application":
      case "notice":
      case "windows":
      case "launching":
        this.tell(message);
        break;
      case "clipboard": {
        const text = this.copied.push(message);
        if (text !== undefined) {
          this.tell({ type: "copied", text });
        }
        break;
      }
      case "ended":
        this.drop();
        this.tell(message);
        break;
    }
  }

  private attach(): void {
    if (this.attached) {
      throw new ProtocolError("a second Welcome");
    }
    clearTimeout(this.welcomeTimer);
    this.attached = true;
    this.pictured = false;
    this.sequence = 0;
    this.frameBytes = 0;
    this.frameAreas = {};
    this.painter.restart();
    this.liveness.start();
    const socket = this.socket;
    videoSupport ??= canDecodeVideo();
    void videoSupport.then((can) => {
      if (can && this.socket === socket) {
        this.send(encodeDecoders(true));
      }
    });
  }

  /** The page does without from now on: the agent sends a whole picture, in tiles. */
  private giveUpVideo(why: unknown): void {
    console.warn("H.264 is given up", why);
    videoSupport = Promise.resolve(false);
    this.send(encodeDecoders(false));
    this.send(encodeRefresh());
  }

  /** Begins to decode what the browser decodes; nothing if there is nothing of that. */
  private decode(frame: Frame): Promise<Decoded> | undefined {
    const images = decodeImages(frame);
    const video = this.painter.region.decode(frame);
    return images || video ? Promise.all([images, video]).then(([images, video]) => ({ images, video })) : undefined;
  }

  private present(frame: Frame, decoded: Decoded | undefined, received: number, size: number): void {
    this.frameBytes += size;
    addAreas(this.frameAreas, frame.operations);
    this.painter.apply(frame, decoded);
    if (!frame.last) {
      return;
    }
    const ready = clientTime();
    this.painter.paint();
    // `presented` is when the pixels are in the canvas, or with the element; the browser shows them with its next frame. It is not told from an animation frame of
    // this Worker: that would hold the acknowledgement, and with it the agent's next frame, for up to a period, and says no more of the glass.
    const presented = clientTime();
    this.acknowledge(encodeFrameAck(frame.frame, received, ready, presented));
    this.stamp(frame, received, ready, presented);
    if (!this.pictured) {
      this.pictured = true;
      this.tell({ type: "picture" });
    }
  }

  private stamp(frame: Frame, received: number, decoded: number, presented: number): void {
    const { inputSequence, inputTime, injected, damaged, captured, encoded } = frame;
    const bytes = this.frameBytes;
    this.frameBytes = 0;
    const areas = this.frameAreas;
    this.frameAreas = {};
    this.stamps.push({
      frame: frame.frame,
      bytes,
      areas,
      inputSequence,
      inputTime,
      injected,
      damaged,
      captured,
      encoded,
      received,
      decoded,
      presented,
    });
    if (this.stamps.length > MAX_STAMPS) {
      this.stamps.shift();
    }
  }

  private acknowledge(acknowledgement: Uint8Array<ArrayBuffer>): void {
    if (this.visible || this.held.length >= MAX_HELD_ACKNOWLEDGEMENTS) {
      this.send(acknowledgement);
    } else {
      this.held.push(acknowledgement);
    }
  }

  private setVisible(visible: boolean): void {
    this.visible = visible;
    if (visible) {
      this.painter.seen();
      for (const acknowledgement of this.held.splice(0)) {
        this.send(acknowledgement);
      }
    }
  }

  private sendInput(input: Input): void {
    // What pastes a text must not come before it.
    if (this.upload.hold(input)) {
      return;
    }
    const waiting = this.socket?.bufferedAmount ?? 0;
    if (!this.attached || (input.type === "move" && waiting > MAX_BUFFERED_FOR_MOVES)) {
      return;
    }
    // 0 means none: past the end it begins at 1 again.
    this.sequence = (this.sequence + 1) >>> 0 || 1;
    this.send(encodeInput(input, this.sequence));
    this.liveness.sentInput();
  }

  private ping(): void {
    this.nonce = (this.nonce + 1) >>> 0;
    this.send(encodePing(this.nonce, clientTime()));
  }

  private send(message: Uint8Array<ArrayBuffer>): void {
    if (!this.attached || !this.socket) {
      return;
    }
    if (this.socket.bufferedAmount > MAX_BUFFERED) {
      this.lose("the stream does not take what is sent");
      return;
    }
    this.socket.send(message);
  }
}
