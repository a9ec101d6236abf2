/**
 * The clipboard between this computer and the session. Nothing is polled: what is copied there is put into this computer's clipboard, and what
 * is pasted here goes there just before the key that pastes it. The gateway enforces the same rules; this page keeps them so as to explain them.
 */
import type { ClipboardRules } from "./protocol.ts";

export interface ClipboardHost {
  /** To the session's clipboard. */
  send(text: string): void;
  /** To this computer's; rejected where the browser does not let it without the user's doing. */
  write(text: string): Promise<void>;
  /** A word to the user. */
  tell(what: "notAllowed" | "tooLong" | "copyWaits"): void;
}

export class Clipboard {
  private rules: ClipboardRules = { fromLocal: undefined, toLocal: undefined };
  /** What the session's clipboard holds, as far as it is known. */
  private there: string | undefined;
  /** What this computer's held when it was last pasted: unchanged, it must not push out what was copied there since. */
  private here: string | undefined;
  private pending: string | undefined;

  constructor(private readonly host: ClipboardHost) {}

  setRules(rules: ClipboardRules): void {
    this.rules = rules;
  }

  /** An application copied. */
  async received(text: string): Promise<void> {
    this.there = text;
    this.pending = text;
    if (!(await this.put(text))) {
      this.host.tell("copyWaits");
    }
  }

  /** The user did something: a browser that refused before may now let the text into its clipboard. */
  gesture(): void {
    if (this.pending !== undefined) {
      void this.put(this.pending);
    }
  }

  /** The user pastes. */
  pasted(text: string): void {
    if (text === "" || text === this.there || text === this.here) {
      return;
    }
    const longest = this.rules.fromLocal;
    if (longest === undefined) {
      this.here = text;
      this.host.tell("notAllowed");
      return;
    }
    if (codePoints(text) > longest) {
      this.host.tell("tooLong");
      return;
    }
    this.here = this.there = text;
    this.host.send(text);
  }

  private async put(text: string): Promise<boolean> {
    try {
      await this.host.write(text);
    } catch {
      // Until the user does something: see `gesture`.
      return false;
    }
    if (this.pending === text) {
      this.pending = undefined;
    }
    return true;
  }
}

/** Characters as MaximumLength counts them. */
export function codePoints(text: string): number {
  let count = 0;
  for (const _ of text) {
    count += 1;
  }
  return count;
}

/** Puts a text into this computer's clipboard: by the browser's interface, else (on an insecure origin) as a copy of its own. */
export async function writeLocal(text: string): Promise<void> {
  if (navigator.clipboard?.writeText) {
    return navigator.clipboard.writeText(text);
  }
  const fill = (event: ClipboardEvent) => {
    event.preventDefault();
    event.clipboardData?.setData("text/plain", text);
  };
  document.addEventListener("copy", fill, { once: true });
  const done = document.execCommand("copy");
  document.removeEventListener("copy", fill);
  if (!done) {
    throw new Error("the browser copies nothing now");
  }
}
