/**
 * The stream protocol's messages between this page and the gateway (docs/stream-protocol.md), version 1.
 *
 * Encoders and decoders only: no socket, no clock, no DOM. Whatever the other side sends is checked against the document's bounds; what is out
 * of them is a ProtocolError, never a half-read message. Times are microseconds in plain numbers: exact until the year 2255.
 */
export * from "./protocol/bounds.ts";
export { type ClipboardPart, ClipboardAssembler, encodeClipboard, encodeClipboardPart } from "./protocol/clipboard.ts";
export * from "./protocol/downward.ts";
export { type Frame, type Operation, TileCodec } from "./protocol/frame.ts";
export * from "./protocol/upward.ts";
export type { CatalogueApplication, ClipboardRules, SessionView, Welcome } from "./protocol/welcome.ts";
export { encodeWindow, type RemoteWindow, type RemoteWindows, WindowAction } from "./protocol/windows.ts";
