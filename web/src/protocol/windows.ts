/** The session's windows: told by the agent, acted on by the page. */
import { MAX_WINDOWS, ProtocolError } from "./bounds.ts";
import { type Reader, Writer } from "./wire.ts";

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

export function encodeWindow(id: number, action: WindowAction): Uint8Array<ArrayBuffer> {
  return new Writer(0x32, 5).u32(id).u8(action).bytes;
}

export function decodeWindows(reader: Reader): RemoteWindows {
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
