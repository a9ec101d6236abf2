/** Bounds of docs/stream-protocol.md, and those of this client where the document leaves them to the receiver. */

export const PROTOCOL_VERSION = 1;
export const SUBPROTOCOL = "millrace.stream.v1";

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
