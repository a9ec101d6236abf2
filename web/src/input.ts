/**
 * What the user does on the page, as input of the remote screen. It only listens and passes on: the sequence number is given where the socket
 * is. Every event is sent as it comes; only moves are held to one in MOVE_SPACING_MS, since a gaming mouse reports a thousand a second.
 */
import { wheelUnits } from "./layout.ts";
import { type Input, textParts } from "./protocol.ts";
import { type Stroke, type Typed, Typing } from "./typing.ts";

const MOVE_SPACING_MS = 4;
/** A browser that pastes does so at once. */
const PASTE_PATIENCE_MS = 100;

/** The bits of PointerEvent.buttons, and the X11 button each is. */
const BUTTONS = [
  { bit: 1, button: 1 },
  { bit: 4, button: 2 },
  { bit: 2, button: 3 },
  { bit: 8, button: 8 },
  { bit: 16, button: 9 },
] as const;

export interface InputHost {
  /** The element that the pointer acts on; keys are taken from the whole window. */
  screen: HTMLElement;
  /** Is there a remote screen to act on? */
  active(): boolean;
  /** Has the focus while the remote screen is acted on. */
  keyboard: HTMLTextAreaElement;
  /** Elements whose keys are their own: the toolbar, a dialogue. */
  isOwn(target: EventTarget | null): boolean;
  toRemote(clientX: number, clientY: number): { x: number; y: number };
  send(input: Input): void;
  /** The user pastes this; the key that does so follows. */
  paste(text: string): void;
  /** The user did something that a browser takes for consent. */
  gesture(): void;
  /** The user presses a button of the pointer over the remote screen. */
  pressed(): void;
  /** Ctrl+Alt+Shift+A: the catalogue. */
  applications(): void;
  /** Ctrl+Alt+Shift+I: show or hide the figures. */
  figures(): void;
  /** Ctrl+Alt+Shift+M, the way out of the remote screen by keyboard. */
  leave(): void;
}

/** Microseconds of the browser's clock. Only a trusted event's time is the time at which it happened. */
function eventTime(event: Event): number {
  return Math.round((performance.timeOrigin + (event.isTrusted ? event.timeStamp : performance.now())) * 1000);
}

export class InputCapture {
  private readonly typing = new Typing(/^Mac/.test(navigator.platform));
  private heldPaste: { typed: Typed[]; time: number; timer: ReturnType<typeof setTimeout> } | undefined;
  private buttons = 0;
  /** Buttons that were let go remotely while the user still holds them: they count again once they are up. */
  private ignored = 0;
  private lastX = -1;
  private lastY = -1;
  private lastMove = 0;
  private pendingMove: { time: number; x: number; y: number } | undefined;
  private moveTimer: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly host: InputHost) {
    this.listenToPointer(host.screen);
    this.listenToText(host.keyboard);
    window.addEventListener("keydown", (event) => this.key(event, true), { capture: true });
    window.addEventListener("keyup", (event) => this.key(event, false), { capture: true });
    window.addEventListener("blur", () => this.releaseAll());
    window.addEventListener("pagehide", () => this.releaseAll());
    document.addEventListener("visibilitychange", () => {
      if (document.visibilityState === "hidden") {
        this.releaseAll();
      }
    });
  }

  /** Every key and button up, here and there. */
  releaseAll(): void {
    this.ignored |= this.buttons;
    this.passPaste();
    const held = this.typing.holds || this.buttons !== 0;
    this.typing.clear();
    this.buttons = 0;
    if (held && this.host.active()) {
      this.host.send({ type: "releaseAll", time: Math.round((performance.timeOrigin + performance.now()) * 1000) });
    }
  }

  /** A sign of the user that does nothing there. */
  stay(): void {
    this.host.send({ type: "releaseAll", time: Math.round((performance.timeOrigin + performance.now()) * 1000) });
  }

  /** A new attach knows of nothing that is held. */
  reset(): void {
    this.ignored |= this.buttons;
    clearTimeout(this.heldPaste?.timer);
    this.heldPaste = undefined;
    this.typing.clear();
    this.buttons = 0;
    this.lastX = this.lastY = -1;
  }

  /** Presses keys together, and lets them go in the other order: what the browser would not pass on. */
  combination(codes: readonly number[]): void {
    const time = Math.round((performance.timeOrigin + performance.now()) * 1000);
    this.releaseAll();
    this.sendTyped(codes.map((code) => ({ type: "key", code, pressed: true })), time);
    this.sendTyped([...codes].reverse().map((code) => ({ type: "key", code, pressed: false })), time);
  }

  private listenToPointer(screen: HTMLElement): void {
    // Raw updates come at once, where a plain pointermove waits for the next animation frame; both are listened to, and a move to where the
    // pointer already is is left out.
    const moved = (event: Event) => this.pointer(event as PointerEvent);
    screen.addEventListener("pointerrawupdate", moved);
    screen.addEventListener("pointermove", moved);
    screen.addEventListener("pointerdown", (event) => {
      if (this.host.active()) {
        screen.setPointerCapture(event.pointerId);
        this.host.pressed();
        this.host.keyboard.focus({ preventScroll: true });
      }
      this.pointer(event);
      event.preventDefault();
    });
    screen.addEventListener("pointerup", (event) => {
      moved(event);
      this.host.gesture();
    });
    screen.addEventListener("pointercancel", () => this.releaseAll());
    screen.addEventListener("wheel", (event) => this.wheel(event), { passive: false });
    // What a browser makes of these buttons: menu, back and forward, autoscroll, paste.
    for (const type of ["contextmenu", "mousedown", "mouseup", "auxclick", "dragstart", "selectstart"]) {
      screen.addEventListener(type, (event) => event.preventDefault());
    }
  }

  private pointer(event: PointerEvent): void {
    if (!this.host.active()) {
      return;
    }
    const time = eventTime(event);
    const { x, y } = this.host.toRemote(event.clientX, event.clientY);
    // Which buttons are down is read from every event: a second button pressed while one is held comes as a move.
    this.ignored &= event.buttons;
    const buttons = event.buttons & ~this.ignored;
    const changed = buttons ^ this.buttons;
    if (changed === 0) {
      this.move(time, x, y);
      return;
    }
    this.forgetMove();
    this.sendTyped(this.typing.restore(), time);
    this.lastX = x;
    this.lastY = y;
    this.buttons = buttons;
    for (const { bit, button } of BUTTONS) {
      if ((changed & bit) !== 0) {
        this.host.send({ type: "button", time, x, y, button, pressed: (buttons & bit) !== 0 });
      }
    }
  }

  private move(time: number, x: number, y: number): void {
    if (x === this.lastX && y === this.lastY) {
      return;
    }
    this.lastX = x;
    this.lastY = y;
    const wait = this.lastMove + MOVE_SPACING_MS - performance.now();
    if (wait <= 0) {
      this.sendMove({ time, x, y });
      return;
    }
    this.pendingMove = { time, x, y };
    this.moveTimer ??= setTimeout(() => {
      const pending = this.pendingMove;
      this.forgetMove();
      if (pending && this.host.active()) {
        this.sendMove(pending);
      }
    }, wait);
  }

  private sendMove(move: { time: number; x: number; y: number }): void {
    this.forgetMove();
    this.lastMove = performance.now();
    this.host.send({ type: "move", ...move });
  }

  private forgetMove(): void {
    clearTimeout(this.moveTimer);
    this.moveTimer = undefined;
    this.pendingMove = undefined;
  }

  private wheel(event: WheelEvent): void {
    event.preventDefault();
    if (!this.host.active()) {
      return;
    }
    const { dx, dy } = wheelUnits(event as WheelEvent & { wheelDeltaX?: number; wheelDeltaY?: number });
    if (dx !== 0 || dy !== 0) {
      this.sendTyped(this.typing.restore(), eventTime(event));
      this.host.send({ type: "wheel", time: eventTime(event), ...this.host.toRemote(event.clientX, event.clientY), dx, dy });
    }
  }

  private key(event: KeyboardEvent, pressed: boolean): void {
    if (!this.host.active()) {
      return;
    }
    const own = OWN_KEYS[event.code];
    if (pressed && own !== undefined && event.ctrlKey && event.altKey && event.shiftKey) {
      event.preventDefault();
      this.releaseAll();
      this.host[own]();
      return;
    }
    if (pressed && this.host.isOwn(event.target)) {
      return;
    }
    // 229 is what browsers say of a key that an input method has taken.
    const composing = event.isComposing || event.keyCode === 229;
    this.passPaste();
    const typed = pressed ? (composing ? undefined : this.typing.press(stroke(event))) : this.typing.release(event);
    if (!typed) {
      return;
    }
    this.host.gesture();
    if (pressed && !event.repeat && isPaste(event)) {
      // The browser now tells what is pasted, if it tells at all; the key follows that.
      this.heldPaste = { typed, time: eventTime(event), timer: setTimeout(() => this.passPaste(), PASTE_PATIENCE_MS) };
      return;
    }
    event.preventDefault();
    this.sendTyped(typed, eventTime(event));
    // While a Mac's Command key is down the ends of other keys are not told.
    if (!pressed && (event.code === "MetaLeft" || event.code === "MetaRight") && this.typing.holds) {
      this.releaseAll();
    }
  }

  /** The key that pastes, once it is known what, or that it will not be. */
  private passPaste(): void {
    const held = this.heldPaste;
    if (held) {
      clearTimeout(held.timer);
      this.heldPaste = undefined;
      this.sendTyped(held.typed, held.time);
    }
  }

  private sendTyped(typed: Typed[], time: number): void {
    for (const one of typed) {
      this.host.send({ ...one, time });
    }
  }

  /** What an input method composed, or a program put in. */
  private text(text: string): void {
    if (this.host.active()) {
      const time = Math.round((performance.timeOrigin + performance.now()) * 1000);
      this.sendTyped(this.typing.restore(), time);
      for (const part of textParts(text)) {
        this.host.send({ type: "text", time, text: part });
      }
    }
  }

  /** The element that takes the keyboard's focus over the screen: input methods need one that text can be put into. */
  private listenToText(keyboard: HTMLTextAreaElement): void {
    keyboard.addEventListener("paste", (event) => {
      event.preventDefault();
      if (this.host.active()) {
        this.host.paste(event.clipboardData?.getData("text/plain") ?? "");
        this.passPaste();
      }
    });
    keyboard.addEventListener("compositionend", (event) => {
      keyboard.value = "";
      this.text(event.data);
    });
    keyboard.addEventListener("input", (event) => {
      const { inputType, isComposing } = event as InputEvent;
      if (isComposing) {
        return;
      }
      const text = keyboard.value;
      keyboard.value = "";
      // What composition leaves comes as an event of its own kind, after its end was told.
      if (inputType === "insertText" && text) {
        this.text(text);
      }
    });
    // Keyboards on a screen edit without keys.
    keyboard.addEventListener("beforeinput", (event) => {
      const key = EDITS[event.inputType];
      if (key !== undefined && !event.isComposing && this.host.active()) {
        event.preventDefault();
        const time = eventTime(event);
        this.sendTyped(
          [
            { type: "key", code: key, pressed: true },
            { type: "key", code: key, pressed: false },
          ],
          time,
        );
      }
    });
  }
}

/** With Control, Alt and Shift. */
const OWN_KEYS: Readonly<Record<string, "leave" | "figures" | "applications" | undefined>> = {
  KeyM: "leave",
  KeyI: "figures",
  KeyA: "applications",
};

/** InputEvent.inputType to the key that does the same: Backspace, Delete, Enter. */
const EDITS: Readonly<Record<string, number>> = {
  deleteContentBackward: 14,
  deleteContentForward: 111,
  insertLineBreak: 28,
  insertParagraph: 28,
};

/** Ctrl+V, with Shift or without, and Shift+Insert. */
function isPaste(event: KeyboardEvent): boolean {
  const v = event.key.toLowerCase() === "v" && (event.ctrlKey || event.metaKey) && !event.altKey;
  return v || (event.key === "Insert" && event.shiftKey && !event.ctrlKey && !event.altKey);
}

function stroke(event: KeyboardEvent): Stroke {
  return {
    key: event.key,
    code: event.code,
    control: event.ctrlKey,
    alt: event.altKey,
    meta: event.metaKey,
    altGraph: event.getModifierState("AltGraph"),
    repeat: event.repeat,
  };
}
