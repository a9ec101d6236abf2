/** What the page and the stream client (in its Worker) tell each other. */
import type { Figures } from "./figures.ts";
import type {
  ApplicationEvent,
  CredentialKind,
  Ended,
  Input,
  Launching,
  Notice,
  PageSize,
  RemoteWindows,
  Welcome,
  WindowAction,
} from "./protocol.ts";

export type Command =
  /** Where to paint, and whether the page can show a video region by an element of its own. First of all, once. */
  | { type: "canvas"; canvas: OffscreenCanvas | HTMLCanvasElement; hasFilm: boolean }
  /** Open the stream; an earlier one is closed. Answered by `welcome`, `ended` or `closed`. */
  | { type: "connect"; url: string; kind: CredentialKind; credential: string; page: PageSize }
  | { type: "disconnect" }
  | { type: "input"; input: Input }
  | { type: "launch"; name: string }
  | { type: "window"; id: number; action: WindowAction }
  /** To the session's clipboard, before the input that follows. */
  | { type: "clipboard"; text: string }
  | { type: "end" }
  | { type: "resize"; page: PageSize }
  /** The element that `film` asked for is there: what is written here it shows. */
  | { type: "track"; id: number; writable: WritableStream<VideoFrame> }
  /** It shows what was written. */
  | { type: "filmShown"; id: number }
  /** It does not work, or works no more. */
  | { type: "filmBroken"; id: number }
  /** A page that nobody sees acknowledges nothing, so that the agent stops making frames for it. */
  | { type: "visible"; visible: boolean }
  /** Whether `figures` are told, each second. */
  | { type: "watch"; on: boolean }
  /** The network may have changed: find out now whether the stream still lives. */
  | { type: "check" };

export type StreamEvent =
  | Welcome
  | { type: "screen"; width: number; height: number }
  /** An element is wanted that shows this part of the screen (remote pixels) by pictures; answered by `track`. */
  | { type: "film"; id: number; x: number; y: number; width: number; height: number }
  /** It is not wanted any more. */
  | { type: "filmOver"; id: number }
  /** The first whole picture since `welcome` is painted. */
  | { type: "picture" }
  | { type: "cursor"; width: number; height: number; hotspotX: number; hotspotY: number; rgba: Uint8Array<ArrayBuffer> }
  | ApplicationEvent
  /** An application copied this. */
  | { type: "copied"; text: string }
  | Notice
  | RemoteWindows
  | Launching
  | { type: "figures"; figures: Figures }
  | Ended
  /** The stream broke without an `ended`; `detail` is for the console. */
  | { type: "closed"; detail: string };

/** Tells the stream client something, and gives it what can only be given away. */
export type SendCommand = (command: Command, transfer?: Transferable[]) => void;
