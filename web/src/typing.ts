/**
 * What a key of the user's keyboard does on the remote one, which has the US layout.
 *
 * A key that makes a character makes that character there, whatever layout, Caps Lock or on-screen keyboard made it here: by the US key that
 * has it, with Shift pressed or let go round it as it needs; a character that no US key has goes as text. With Control, Alt or Meta down it
 * is a shortcut, and goes by what the user's layout calls the key: Ctrl+Z is the key labelled Z. All other keys go by their place.
 *
 * Pure: key events in, inputs out; what is held there is remembered here.
 */
import { evdevCode } from "./keys.ts";

export interface Stroke {
  /** KeyboardEvent.key and .code. */
  key: string;
  code: string;
  control: boolean;
  alt: boolean;
  meta: boolean;
  /** getModifierState("AltGraph"). On Windows Control and Alt are told as well. */
  altGraph: boolean;
  repeat: boolean;
}

export type Typed = { type: "key"; code: number; pressed: boolean } | { type: "text"; text: string };

const SHIFT = [42, 54] as const;
const LEFT_SHIFT = 42;
/** Control, Alt and Meta, left and right. */
const OTHER_MODIFIERS = [29, 97, 56, 100, 125, 126] as const;
const MODIFIERS: readonly number[] = [...SHIFT, ...OTHER_MODIFIERS];
/** Held, these do nothing more: modifiers and locks (Caps, Num, Scroll). */
const UNREPEATED = new Set<number>([...MODIFIERS, 58, 69, 70]);

/** Locks are never switched on remotely: what they do to a key shows in its character. AltGraph's effect does, too. */
const NOT_SENT = new Set(["CapsLock", "NumLock", "AltGraph"]);
/** A key that an input method or a dead key takes: what comes of it is a character or a composition. */
const COMPOSING = new Set(["Process", "Dead", "Unidentified", "Compose"]);

/** From the first key on (evdev codes), what each makes without and with Shift. */
const US_ROWS: readonly (readonly [number, string, string])[] = [
  [2, "1234567890-=", "!@#$%^&*()_+"],
  [16, "qwertyuiop[]", "QWERTYUIOP{}"],
  [30, "asdfghjkl;'`", 'ASDFGHJKL:"~'],
  [43, "\\zxcvbnm,./", "|ZXCVBNM<>?"],
  [57, " ", " "],
];

interface UsKey {
  code: number;
  /** Whether Shift must be down; undefined: it does not matter. */
  shift: boolean | undefined;
}

/** What a character or a shortcut is made with. */
interface Target extends UsKey {
  /** With no modifier but the Shift that it needs. */
  bare: boolean;
}

const US_KEYS = new Map<string, UsKey>();
for (const [first, plain, shifted] of US_ROWS) {
  for (let i = 0; i < plain.length; i++) {
    const shift = plain[i] === shifted[i] ? undefined : false;
    US_KEYS.set(plain[i]!, { code: first + i, shift });
    if (shift !== undefined) {
      US_KEYS.set(shifted[i]!, { code: first + i, shift: true });
    }
  }
}
/** Keys of the number pad that make the same character whether Num Lock is on or off. */
const PAD_KEYS = new Map<number, string>([
  [55, "*"],
  [74, "-"],
  [78, "+"],
  [98, "/"],
]);

/** Names that `key` has for keys of which `code` says the side. */
const SIDELESS: Readonly<Record<string, string>> = {
  Shift: "ShiftLeft",
  Control: "ControlLeft",
  Alt: "AltLeft",
  Meta: "MetaLeft",
  " ": "Space",
};

/** One character, in however many code units; names of keys are ASCII words. */
function isCharacter(key: string): boolean {
  return [...key].length === 1 ? key >= " " && key !== "\x7f" : /[^\x00-\x7f]/.test(key);
}

export class Typing {
  /** Held keys of the user's keyboard, and the remote key that each holds down; undefined: none (it went as text). */
  private readonly held = new Map<string, number | undefined>();
  /** Modifiers of the user's that are up remotely for a moment, and Shift pressed where the user holds none. */
  private lifted: number[] = [];
  private lent = false;

  /** `macOption`: the browser's computer has Option keys, which make characters as AltGr does. */
  constructor(private readonly macOption = false) {}

  /** Is any key down? */
  get holds(): boolean {
    return this.held.size > 0;
  }

  /** A key goes down. Undefined: not for the remote keyboard, the browser may do with it what it does. */
  press(stroke: Stroke): Typed[] | undefined {
    if (NOT_SENT.has(stroke.key) || COMPOSING.has(stroke.key)) {
      return undefined;
    }
    const id = stroke.code || stroke.key;
    const place = evdevCode(stroke.code) ?? evdevCode(SIDELESS[stroke.key] ?? stroke.key);
    const target = this.target(stroke, place);
    if (stroke.repeat || this.held.has(id)) {
      return this.repeat(id, stroke.key, target);
    }
    const out = this.restore();
    if (target === "text") {
      this.held.set(id, undefined);
      out.push({ type: "text", text: stroke.key });
    } else if (target === undefined) {
      return out.length > 0 ? out : undefined;
    } else {
      this.letGoOf(target.code, out);
      this.adjust(target, out);
      this.held.set(id, target.code);
      out.push({ type: "key", code: target.code, pressed: true });
    }
    return out;
  }

  /**
   * A held key makes its character once more: the remote X server repeats nothing by itself, so that a key whose end comes late types no more
   * than the user saw it type. A modifier that is held does nothing more by being held.
   */
  private repeat(id: string, key: string, target: Target | "text" | undefined): Typed[] {
    const code = this.held.get(id);
    if (!this.held.has(id) || (code !== undefined && UNREPEATED.has(code))) {
      return [];
    }
    if (code === undefined) {
      return isCharacter(key) ? [{ type: "text", text: key }] : [];
    }
    const out: Typed[] = [];
    // What it makes may have changed since, by a modifier that came or went: then the key that it held stays, as the one that its end lets go.
    if (typeof target === "object" && target.code === code) {
      this.adjust(target, out);
    }
    out.push({ type: "key", code, pressed: true });
    return out;
  }

  /** A key goes up: what its press pressed. */
  release(stroke: Pick<Stroke, "key" | "code">): Typed[] | undefined {
    const id = stroke.code || stroke.key;
    if (!this.held.has(id)) {
      return undefined;
    }
    const code = this.held.get(id);
    this.held.delete(id);
    const out: Typed[] = [];
    if (code !== undefined && this.lifted.includes(code)) {
      // It is up already.
      this.lifted = this.lifted.filter((lifted) => lifted !== code);
    } else if (code !== undefined) {
      out.push({ type: "key", code, pressed: false });
    }
    out.push(...this.restore());
    return out;
  }

  /** Modifiers as the user holds them: before a key or the pointer does something else. */
  restore(): Typed[] {
    const out: Typed[] = this.lifted.map((code) => ({ type: "key", code, pressed: true }));
    if (this.lent) {
      out.push({ type: "key", code: LEFT_SHIFT, pressed: false });
    }
    this.lifted = [];
    this.lent = false;
    return out;
  }

  /** Nothing is held any more, here and there. */
  clear(): void {
    this.held.clear();
    this.lifted = [];
    this.lent = false;
  }

  private target(stroke: Stroke, place: number | undefined): Target | "text" | undefined {
    const plain = place === undefined ? undefined : { code: place, shift: undefined, bare: false };
    if (!isCharacter(stroke.key) || (place !== undefined && PAD_KEYS.get(place) === stroke.key)) {
      return plain;
    }
    const us = US_KEYS.get(stroke.key);
    const level3 = stroke.altGraph || (this.macOption && stroke.alt && !stroke.control && !stroke.meta);
    if (!level3 && (stroke.control || stroke.alt || stroke.meta)) {
      return this.shortcut(stroke, us) ?? plain;
    }
    return us ? { ...us, bare: true } : "text";
  }

  /** The key of a shortcut, if it goes by its label. */
  private shortcut(stroke: Stroke, us: UsKey | undefined): Target | undefined {
    if (!us) {
      return undefined;
    }
    if (/^[a-z]$/i.test(stroke.key)) {
      // Caps Lock must not make another shortcut of it.
      return { code: us.code, shift: undefined, bare: false };
    }
    // A French keyboard's row of digits has them with Shift, and yet its Ctrl+1 is Control and that key.
    if (/^Digit[0-9]$/.test(stroke.code) && !/^[0-9]$/.test(stroke.key) && !this.shiftHeld()) {
      return undefined;
    }
    return { ...us, bare: false };
  }

  private shiftHeld(): boolean {
    return [...this.held.values()].some((code) => code === SHIFT[0] || code === SHIFT[1]);
  }

  /** Two keys here may be one there: it is let go before it is pressed again. */
  private letGoOf(code: number, out: Typed[]): void {
    for (const [id, held] of this.held) {
      if (held === code) {
        this.held.delete(id);
        out.push({ type: "key", code, pressed: false });
      }
    }
  }

  private adjust(target: Target, out: Typed[]): void {
    const unwanted: number[] = [];
    if (target.bare) {
      unwanted.push(...OTHER_MODIFIERS);
    }
    if (target.shift === false) {
      unwanted.push(...SHIFT);
    }
    for (const code of this.held.values()) {
      if (code !== undefined && MODIFIERS.includes(code) && unwanted.includes(code) && !this.lifted.includes(code)) {
        this.lifted.push(code);
        out.push({ type: "key", code, pressed: false });
      }
    }
    if (target.shift === true && !this.lent && !this.shiftHeld()) {
      this.lent = true;
      out.push({ type: "key", code: LEFT_SHIFT, pressed: true });
    }
  }
}
