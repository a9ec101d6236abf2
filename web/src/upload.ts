/** A long text on its way to the session: a few parts at a time, so that acknowledgements get through, with the input after it held back. */
import type { Input } from "./protocol.ts";

/** How long to wait for the socket to take more. */
const PAUSE_MS = 15;
/** Most inputs that are held back; later ones are lost. */
const MAX_HELD = 2000;

export interface UploadHost {
  /** Does the socket take more now? */
  room(): boolean;
  send(message: Uint8Array<ArrayBuffer>): void;
  sendInput(input: Input): void;
}

export class Upload {
  private parts: Iterator<Uint8Array<ArrayBuffer>> | undefined;
  private held: Input[] = [];
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly host: UploadHost) {}

  /** Sends a text; one that is still on its way is given up, which the first part of this one tells the other side. */
  start(parts: Iterator<Uint8Array<ArrayBuffer>>): void {
    clearTimeout(this.timer);
    this.parts = parts;
    this.go();
  }

  /** Takes an input that must wait; pointer moves are left out. */
  hold(input: Input): boolean {
    if (!this.parts) {
      return false;
    }
    if (input.type !== "move" && this.held.length < MAX_HELD) {
      this.held.push(input);
    }
    return true;
  }

  /** The stream is gone, and what waited with it. */
  stop(): void {
    clearTimeout(this.timer);
    this.parts = undefined;
    this.held = [];
  }

  private go(): void {
    while (this.parts && this.host.room()) {
      const next = this.parts.next();
      if (!next.done) {
        this.host.send(next.value);
        continue;
      }
      this.parts = undefined;
      for (const input of this.held.splice(0)) {
        this.host.sendInput(input);
      }
    }
    if (this.parts) {
      this.timer = setTimeout(() => this.go(), PAUSE_MS);
    }
  }
}
