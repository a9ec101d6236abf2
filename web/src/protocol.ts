/**
 * The stream protocol's messages between this page and the gateway (docs/stream-protocol.md), version 1.
 *
 * Encoders and decoders only: no socket, no clock, no DOM. Whatever the other side sends is checked against the document's bounds; what is out
 * of them is a ProtocolError, never a half-read message. Times are microseconds in plain numbers: exact until the year 2255.
 */

export const PROTOCOL_VERSION = 1;
export const SUBPROTOCOL = "millrace.stream.v1";

/** Bounds of the document, and those of this client where the document leaves them to the receiver. */
export const MAX_MESSAGE_FROM_AGENT = 4 * 1024 * 1024;
export const MAX_TILE_SIDE = 256;
export const MAX_CURSOR_SIDE = 128;
export const MAX_SCREEN_SIDE = 16_384;
/** A picture's memory is bounded by its area too (128 MiB). */
export const MAX_SCREEN_AREA = 7680 * 4320;
export const MAX_EVDEV_CODE = 247;
export const MAX_TEXT_BYTES = 1024;
export const MAX_WINDOWS = 256;
export const MAX_CLIPBOARD_PART_BYTES = 32 * 1024;
export const MAX_CLIPBOARD_BYTES = 20 * 1024 * 1024;

/** The other side said something that the protocol does not know. */
export class ProtocolError extends Error {
  override readonly name = "ProtocolError";
}

export const CredentialKind = { grant: 1, resumeToken: 2 } as const;
export type CredentialKind = (typeof CredentialKind)[keyof typeof CredentialKind];

export interface PageSize {
  /** The page's size in device pixels, 1 to MAX_SCREEN_SIDE. */
  width: number;
  height: number;
  /** Device pixel ratio times 100, 10 to 5000. */
  scalePercent: number;
}

/** What the user did, before a sequence number is given to it. Times in microseconds of the browser's clock; x and y in remote pixels. */
export type Input =
  | { type: "move"; time: number; x: number; y: number }
  | { type: "button"; time: number; x: number; y: number; button: number; pressed: boolean }
  | { type: "wheel"; time: number; x: number; y: number; dx: number; dy: number }
  | { type: "key"; time: number; code: number; pressed: boolean }
  | { type: "releaseAll"; time: number }
  /** Characters to be typed, of at most MAX_TEXT_BYTES: see `textParts`. */
  | { type: "text"; time: number; text: string };

export type Operation =
  | { kind: "copy"; sourceX: number; sourceY: number; width: number; height: number; x: number; y: number }
  | { kind: "fill"; x: number; y: number; width: number; height: number; red: number; green: number; blue: number }
  | { kind: "tile"; x: number; y: number; width: number; height: number; codec: TileCodec; data: Uint8Array };

export const TileCodec = { zstdRgba: 1, palette: 2, jpeg: 3 } as const;
export type TileCodec = (typeof TileCodec)[keyof typeof TileCodec];

export interface Frame {
  type: "frame";
  frame: number;
  /** The last part of this frame. */
  last: boolean;
  /** This frame is a whole picture. */
  whole: boolean;
  /** The newest input that was injected before the damage that this frame shows; 0: none since the last frame. */
  inputSequence: number;
  /** That input's client time. */
  inputTime: number;
  /** The server's stages, in its own clock; 0: none. */
  injected: number;
  damaged: number;
  captured: number;
  encoded: number;
  operations: Operation[];
}

export interface CatalogueApplication {
  name: string;
  displayName: string;
  /** The address of its icon, or nothing. */
  icon: string;
}

export type SessionView = "applications" | "desktop";

/** A window of the session, as a bar of windows shows it. */
export interface RemoteWindow {
  id: number;
  /** The id of the application that made it; 0: not known. */
  application: number;
  active: boolean;
  minimised: boolean;
  title: string;
}

export const WindowAction = { activate: 1, minimise: 2, close: 3 } as const;
export type WindowAction = (typeof WindowAction)[keyof typeof WindowAction];

/** All windows, in the order in which they came. */
export interface RemoteWindows {
  type: "windows";
  windows: RemoteWindow[];
}

/** An application of the catalogue is being started. */
export interface Launching {
  type: "launching";
  id: number;
  name: string;
}

/** The longest texts that may be copied, in characters (code points); undefined: not allowed. */
export interface ClipboardRules {
  fromLocal: number | undefined;
  toLocal: number | undefined;
}

export interface ClipboardPart {
  type: "clipboard";
  first: boolean;
  last: boolean;
  text: string;
}

export const NoticeKind = { idle: 1, time: 2, clipboardTooLong: 3 } as const;
export type NoticeKind = (typeof NoticeKind)[keyof typeof NoticeKind];

export interface Notice {
  type: "notice";
  kind: NoticeKind;
  /** Until it happens; 0 where that means nothing. */
  seconds: number;
}

export interface Welcome {
  type: "welcome";
  clipboard: ClipboardRules;
  resumeToken: string;
  stack: string;
  applications: CatalogueApplication[];
  /** Application ids of the agent to names of the catalogue. */
  started: Map<number, string>;
  feedbackUrl: string;
  view: SessionView;
  /** What the stack allows and the server cannot do yet, by AppStream's names. */
  notYet: string[];
}

export interface Cursor {
  type: "cursor";
  width: number;
  height: number;
  hotspotX: number;
  hotspotY: number;
  /** width × height × 4 bytes, not premultiplied. */
  rgba: Uint8Array;
}

export const ApplicationState = { started: 1, exited: 2, failed: 3 } as const;
export type ApplicationState = (typeof ApplicationState)[keyof typeof ApplicationState];

export interface ApplicationEvent {
  type: "application";
  id: number;
  state: ApplicationState;
  /** Exit code, or 128 + signal. */
  status: number;
  message: string;
}

export interface Ended {
  type: "ended";
  /** 1–9, see the document. */
  reason: number;
  message: string;
  redirectUrl: string;
}

export interface Pong {
  type: "pong";
  nonce: number;
  time: number;
  agentTime: number;
}

export type ServerMessage =
  | Welcome
  | { type: "screen"; width: number; height: number }
  | Frame
  | Cursor
  | Pong
  | ApplicationEvent
  | ClipboardPart
  | Notice
  | RemoteWindows
  | Launching
  | Ended;

// ---------------------------------------------------------------------------------------------------------------------------------------
// To the gateway

const utf8 = new TextEncoder();

/** Writes a message of a size known beforehand. */
class Writer {
  readonly bytes: Uint8Array<ArrayBuffer>;
  private readonly view: DataView;
  private at = 0;

  constructor(type: number, size: number) {
    this.bytes = new Uint8Array(1 + size);
    this.view = new DataView(this.bytes.buffer);
    this.u8(type);
  }

  u8(value: number): this {
    this.view.setUint8(this.at, value);
    this.at += 1;
    return this;
  }

  u16(value: number): this {
    this.view.setUint16(this.at, value, true);
    this.at += 2;
    return this;
  }

  i16(value: number): this {
    this.view.setInt16(this.at, value, true);
    this.at += 2;
    return this;
  }

  u32(value: number): this {
    this.view.setUint32(this.at, value, true);
    this.at += 4;
    return this;
  }

  /** A whole number of microseconds below 2^53. */
  u64(value: number): this {
    this.view.setUint32(this.at, value % 0x1_0000_0000, true);
    this.view.setUint32(this.at + 4, Math.floor(value / 0x1_0000_0000), true);
    this.at += 8;
    return this;
  }

  str16(encoded: Uint8Array): this {
    this.u16(encoded.length);
    this.bytes.set(encoded, this.at);
    this.at += encoded.length;
    return this;
  }
}

function encodeText(text: string): Uint8Array {
  const encoded = utf8.encode(text);
  if (encoded.length > 0xffff) {
    throw new ProtocolError("a text is too long for a message");
  }
  return encoded;
}

export function encodeHello(kind: CredentialKind, credential: string, page: PageSize): Uint8Array<ArrayBuffer> {
  const text = encodeText(credential);
  return new Writer(0x01, 2 + 1 + 2 + text.length + 6)
    .u16(PROTOCOL_VERSION)
    .u8(kind)
    .str16(text)
    .u16(page.width)
    .u16(page.height)
    .u16(page.scalePercent).bytes;
}

export function encodeInput(input: Input, sequence: number): Uint8Array<ArrayBuffer> {
  switch (input.type) {
    case "move":
      return new Writer(0x10, 16).u32(sequence).u64(input.time).u16(input.x).u16(input.y).bytes;
    case "button":
      return new Writer(0x11, 18)
        .u32(sequence)
        .u64(input.time)
        .u16(input.x)
        .u16(input.y)
        .u8(input.button)
        .u8(input.pressed ? 1 : 0).bytes;
    case "wheel":
      return new Writer(0x12, 20)
        .u32(sequence)
        .u64(input.time)
        .u16(input.x)
        .u16(input.y)
        .i16(input.dx)
        .i16(input.dy).bytes;
    case "key":
      return new Writer(0x13, 15)
        .u32(sequence)
        .u64(input.time)
        .u16(input.code)
        .u8(input.pressed ? 1 : 0).bytes;
    case "releaseAll":
      return new Writer(0x14, 12).u32(sequence).u64(input.time).bytes;
    case "text": {
      const text = encodeText(input.text);
      return new Writer(0x15, 14 + text.length).u32(sequence).u64(input.time).str16(text).bytes;
    }
  }
}

/** A text as it may be typed: in parts that fit a message, with line feeds for line ends and without other control characters. */
export function textParts(text: string): string[] {
  const parts: string[] = [];
  let part = "";
  let size = 0;
  for (const character of text.replace(/\r\n?/g, "\n").replace(/[\x00-\x08\x0b-\x1f\x7f-\x9f]/g, "")) {
    const length = utf8.encode(character).length;
    if (size + length > MAX_TEXT_BYTES) {
      parts.push(part);
      part = "";
      size = 0;
    }
    part += character;
    size += length;
  }
  return part === "" ? parts : [...parts, part];
}

export function encodeFrameAck(frame: number, received: number, decoded: number, presented: number): Uint8Array<ArrayBuffer> {
  return new Writer(0x20, 28).u32(frame).u64(received).u64(decoded).u64(presented).bytes;
}

export function encodeRefresh(): Uint8Array<ArrayBuffer> {
  return new Writer(0x21, 0).bytes;
}

export function encodeResize(page: PageSize): Uint8Array<ArrayBuffer> {
  return new Writer(0x22, 6).u16(page.width).u16(page.height).u16(page.scalePercent).bytes;
}

export function encodeLaunch(name: string): Uint8Array<ArrayBuffer> {
  const text = encodeText(name);
  return new Writer(0x30, 2 + text.length).str16(text).bytes;
}

export function encodeWindow(id: number, action: WindowAction): Uint8Array<ArrayBuffer> {
  return new Writer(0x32, 5).u32(id).u8(action).bytes;
}

export function encodePing(nonce: number, time: number): Uint8Array<ArrayBuffer> {
  return new Writer(0x40, 12).u32(nonce).u64(time).bytes;
}

export function encodeClipboardPart(first: boolean, last: boolean, text: string): Uint8Array<ArrayBuffer> {
  const encoded = encodeText(text);
  return new Writer(0x60, 3 + encoded.length).u8((first ? 1 : 0) | (last ? 2 : 0)).str16(encoded).bytes;
}

/** The messages that carry a copied text, at least one. */
export function* encodeClipboard(text: string): Generator<Uint8Array<ArrayBuffer>> {
  const encoded = utf8.encode(text);
  let at = 0;
  do {
    let end = Math.min(encoded.length, at + MAX_CLIPBOARD_PART_BYTES);
    // Not within a character.
    while (end < encoded.length && (encoded[end]! & 0xc0) === 0x80) {
      end -= 1;
    }
    const part = encoded.subarray(at, end);
    const flags = (at === 0 ? 1 : 0) | (end === encoded.length ? 2 : 0);
    yield new Writer(0x60, 3 + part.length).u8(flags).str16(part).bytes;
    at = end;
  } while (at < encoded.length);
}

/** Puts a copied text's parts together. */
export class ClipboardAssembler {
  private parts: string[] | undefined;
  private length = 0;

  /** Takes a part; gives the text once it is whole. */
  push(part: ClipboardPart): string | undefined {
    if (part.first) {
      this.parts = [];
      this.length = 0;
    }
    if (!this.parts) {
      // The parts of a text that was too long for the gateway.
      return undefined;
    }
    this.parts.push(part.text);
    this.length += part.text.length;
    if (this.length > MAX_CLIPBOARD_BYTES) {
      throw new ProtocolError("a copied text is too long");
    }
    if (!part.last) {
      return undefined;
    }
    const text = this.parts.join("");
    this.parts = undefined;
    return text;
  }
}

export function encodeEnd(): Uint8Array<ArrayBuffer> {
  return new Writer(0x50, 0).bytes;
}

// ---------------------------------------------------------------------------------------------------------------------------------------
// From the gateway

const strictUtf8 = new TextDecoder("utf-8", { fatal: true });

/** Reads a message's fields in order and refuses to read past its end. */
class Reader {
  private readonly view: DataView;
  private at = 0;

  constructor(private readonly bytes: Uint8Array) {
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  private take(size: number): number {
    const at = this.at;
    if (size > this.bytes.length - at) {
      throw new ProtocolError("a message is too short");
    }
    this.at = at + size;
    return at;
  }

  u8(): number {
    return this.view.getUint8(this.take(1));
  }

  u16(): number {
    return this.view.getUint16(this.take(2), true);
  }

  u32(): number {
    return this.view.getUint32(this.take(4), true);
  }

  i32(): number {
    return this.view.getInt32(this.take(4), true);
  }

  u64(): number {
    const at = this.take(8);
    return this.view.getUint32(at + 4, true) * 0x1_0000_0000 + this.view.getUint32(at, true);
  }

  /** A view of the message's own bytes: not a copy. */
  raw(size: number): Uint8Array {
    const at = this.take(size);
    return this.bytes.subarray(at, at + size);
  }

  str16(): string {
    const encoded = this.raw(this.u16());
    try {
      return strictUtf8.decode(encoded);
    } catch (cause) {
      throw new ProtocolError("a text is not UTF-8", { cause });
    }
  }

  end(): void {
    if (this.at !== this.bytes.length) {
      throw new ProtocolError("a message has bytes left over");
    }
  }
}

/** Reads one message. The tiles and the cursor of the result are views of `bytes`. */
export function decodeServerMessage(bytes: Uint8Array): ServerMessage {
  if (bytes.length > MAX_MESSAGE_FROM_AGENT) {
    throw new ProtocolError("a message is too long");
  }
  const reader = new Reader(bytes);
  const message = decodeBody(reader.u8(), reader);
  reader.end();
  return message;
}

function decodeBody(type: number, reader: Reader): ServerMessage {
  switch (type) {
    case 0x81:
      return decodeWelcome(reader.str16());
    case 0x82:
      return decodeScreen(reader);
    case 0x83:
      return decodeFrame(reader);
    case 0x84:
      return decodeCursor(reader);
    case 0x86:
      return { type: "pong", nonce: reader.u32(), time: reader.u64(), agentTime: reader.u64() };
    case 0x87:
      return decodeApplication(reader);
    case 0x88:
      return decodeEnded(reader);
    case 0x8a:
      return decodeClipboard(reader);
    case 0x8b:
      return decodeNotice(reader);
    case 0x8c:
      return decodeWindows(reader);
    case 0x8d:
      return { type: "launching", id: reader.u32(), name: reader.str16() };
    default:
      throw new ProtocolError(`a message has the unknown type ${type}`);
  }
}

function decodeScreen(reader: Reader): ServerMessage {
  const width = reader.u16();
  const height = reader.u16();
  if (width === 0 || height === 0 || width > MAX_SCREEN_SIDE || height > MAX_SCREEN_SIDE || width * height > MAX_SCREEN_AREA) {
    throw new ProtocolError("a screen's size is out of range");
  }
  return { type: "screen", width, height };
}

function decodeFrame(reader: Reader): Frame {
  const frame = reader.u32();
  const flags = reader.u8();
  if (flags > 3) {
    throw new ProtocolError("a frame has unknown flags");
  }
  const head = {
    type: "frame",
    frame,
    last: (flags & 1) !== 0,
    whole: (flags & 2) !== 0,
    inputSequence: reader.u32(),
    inputTime: reader.u64(),
    injected: reader.u64(),
    damaged: reader.u64(),
    captured: reader.u64(),
    encoded: reader.u64(),
  } as const;
  const count = reader.u16();
  const operations: Operation[] = [];
  for (let i = 0; i < count; i++) {
    operations.push(decodeOperation(reader));
  }
  return { ...head, operations };
}

function decodeOperation(reader: Reader): Operation {
  const kind = reader.u8();
  switch (kind) {
    case 1: {
      const sourceX = reader.u16();
      const sourceY = reader.u16();
      const width = reader.u16();
      const height = reader.u16();
      return { kind: "copy", sourceX, sourceY, width, height, x: reader.u16(), y: reader.u16() };
    }
    case 2: {
      const x = reader.u16();
      const y = reader.u16();
      const width = reader.u16();
      const height = reader.u16();
      return { kind: "fill", x, y, width, height, red: reader.u8(), green: reader.u8(), blue: reader.u8() };
    }
    case 3:
      return decodeTile(reader);
    default:
      throw new ProtocolError(`an operation has the unknown kind ${kind}`);
  }
}

function decodeTile(reader: Reader): Operation {
  const x = reader.u16();
  const y = reader.u16();
  const width = reader.u16();
  const height = reader.u16();
  if (width === 0 || height === 0 || width > MAX_TILE_SIDE || height > MAX_TILE_SIDE) {
    throw new ProtocolError("a tile's size is out of range");
  }
  const codec = reader.u8();
  if (codec !== TileCodec.zstdRgba && codec !== TileCodec.palette && codec !== TileCodec.jpeg) {
    throw new ProtocolError(`a tile has the unknown codec ${codec}`);
  }
  return { kind: "tile", x, y, width, height, codec, data: reader.raw(reader.u32()) };
}

function decodeCursor(reader: Reader): Cursor {
  const width = reader.u16();
  const height = reader.u16();
  const hotspotX = reader.u16();
  const hotspotY = reader.u16();
  if (width > MAX_CURSOR_SIDE || height > MAX_CURSOR_SIDE) {
    throw new ProtocolError("a cursor's size is out of range");
  }
  if (hotspotX > width || hotspotY > height) {
    throw new ProtocolError("a cursor's hotspot is outside it");
  }
  return { type: "cursor", width, height, hotspotX, hotspotY, rgba: reader.raw(width * height * 4) };
}

function decodeApplication(reader: Reader): ApplicationEvent {
  const id = reader.u32();
  const state = reader.u8();
  if (state !== ApplicationState.started && state !== ApplicationState.exited && state !== ApplicationState.failed) {
    throw new ProtocolError(`an application has the unknown state ${state}`);
  }
  return { type: "application", id, state, status: reader.i32(), message: reader.str16() };
}

function decodeClipboard(reader: Reader): ClipboardPart {
  const part = reader.u8();
  if (part > 3) {
    throw new ProtocolError("a copied text's part has unknown flags");
  }
  return { type: "clipboard", first: (part & 1) !== 0, last: (part & 2) !== 0, text: reader.str16() };
}

function decodeNotice(reader: Reader): Notice {
  const kind = reader.u8();
  if (kind !== NoticeKind.idle && kind !== NoticeKind.time && kind !== NoticeKind.clipboardTooLong) {
    throw new ProtocolError(`a notice has the unknown kind ${kind}`);
  }
  return { type: "notice", kind, seconds: reader.u32() };
}

function decodeWindows(reader: Reader): RemoteWindows {
  const count = reader.u16();
  if (count > MAX_WINDOWS) {
    throw new ProtocolError("there are too many windows");
  }
  const windows: RemoteWindow[] = [];
  for (let i = 0; i < count; i++) {
    const id = reader.u32();
    const application = reader.u32();
    const flags = reader.u8();
    if (flags > 3) {
      throw new ProtocolError("a window has unknown flags");
    }
    windows.push({ id, application, active: (flags & 1) !== 0, minimised: (flags & 2) !== 0, title: reader.str16() });
  }
  return { type: "windows", windows };
}

function decodeEnded(reader: Reader): Ended {
  const reason = reader.u8();
  if (reason < 1 || reason > 9) {
    throw new ProtocolError(`the session ended for the unknown reason ${reason}`);
  }
  return { type: "ended", reason, message: reader.str16(), redirectUrl: reader.str16() };
}

function decodeWelcome(json: string): Welcome {
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch (cause) {
    throw new ProtocolError("Welcome is not JSON", { cause });
  }
  const body = object(value);
  const applications = array(body["applications"]).map((item) => {
    const application = object(item);
    const icon = application["icon"] == null ? "" : text(application["icon"]);
    return { name: text(application["name"]), displayName: text(application["display_name"]), icon };
  });
  const started = new Map<number, string>();
  for (const [id, name] of Object.entries(object(body["started"]))) {
    started.set(Number(id), text(name));
  }
  const clipboard = body["clipboard"] == null ? {} : object(body["clipboard"]);
  return {
    type: "welcome",
    clipboard: { fromLocal: length(clipboard["from_local"]), toLocal: length(clipboard["to_local"]) },
    resumeToken: text(body["resume_token"]),
    stack: text(body["stack"]),
    applications,
    started,
    feedbackUrl: body["feedback_url"] == null ? "" : text(body["feedback_url"]),
    view: body["view"] === "desktop" ? "desktop" : "applications",
    notYet: body["not_yet"] == null ? [] : array(body["not_yet"]).map(text),
  };
}

function object(value: unknown): Record<string, unknown> {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new ProtocolError("Welcome has another shape");
  }
  return value as Record<string, unknown>;
}

function array(value: unknown): unknown[] {
  if (!Array.isArray(value)) {
    throw new ProtocolError("Welcome has another shape");
  }
  return value;
}

function length(value: unknown): number | undefined {
  if (value == null) {
    return undefined;
  }
  if (typeof value !== "number") {
    throw new ProtocolError("Welcome has another shape");
  }
  return value;
}

function text(value: unknown): string {
  if (typeof value !== "string") {
    throw new ProtocolError("Welcome has another shape");
  }
  return value;
}
