/** Messages from the gateway. */
import { MAX_CURSOR_SIDE, MAX_MESSAGE_FROM_AGENT, MAX_SCREEN_AREA, MAX_SCREEN_SIDE, ProtocolError } from "./bounds.ts";
import { type ClipboardPart, decodeClipboard } from "./clipboard.ts";
import { decodeFrame, type Frame } from "./frame.ts";
import { decodeWelcome, type Welcome } from "./welcome.ts";
import { decodeWindows, type RemoteWindows } from "./windows.ts";
import { Reader } from "./wire.ts";

export const NoticeKind = { idle: 1, time: 2, clipboardTooLong: 3 } as const;
export type NoticeKind = (typeof NoticeKind)[keyof typeof NoticeKind];

export interface Notice {
  type: "notice";
  kind: NoticeKind;
  /** Until it happens; 0 where that means nothing. */
  seconds: number;
}

/** An application of the catalogue is being started. */
export interface Launching {
  type: "launching";
  id: number;
  name: string;
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

function decodeNotice(reader: Reader): Notice {
  const kind = reader.u8();
  if (kind !== NoticeKind.idle && kind !== NoticeKind.time && kind !== NoticeKind.clipboardTooLong) {
    throw new ProtocolError(`a notice has the unknown kind ${kind}`);
  }
  return { type: "notice", kind, seconds: reader.u32() };
}

function decodeEnded(reader: Reader): Ended {
  const reason = reader.u8();
  if (reason < 1 || reason > 9) {
    throw new ProtocolError(`the session ended for the unknown reason ${reason}`);
  }
  return { type: "ended", reason, message: reader.str16(), redirectUrl: reader.str16() };
}
