/** The page's states, warnings and passing words, and the remote picture's place. It decides nothing. */
import { type CursorShape, cursorStyle } from "./cursor.ts";
import { byId } from "./dom.ts";
import { type Placement, place, type Size } from "./layout.ts";
import { MAX_SCREEN_SIDE, type PageSize } from "./protocol.ts";
import { type Notice, text } from "./text.ts";

export type PageState =
  | "opening"
  | "waiting"
  | "starting"
  | "connecting"
  | "connected"
  | "reconnecting"
  | "ended"
  | "refused";

export interface NoticeOptions {
  busy?: boolean;
  detail?: string;
  action?: { label: string; run: () => void };
}

export interface ViewHost {
  /** The user is there, though nothing was done to the remote screen. */
  stay(): void;
  /** The page has another size. */
  resized(): void;
}

const TOAST_MS = 6_000;

export class View {
  readonly screen = byId<HTMLCanvasElement>("screen");
  /** Has the focus while the remote screen is acted on. */
  readonly keyboard = byId<HTMLTextAreaElement>("keyboard");
  readonly warning = byId("warning");
  /** The remote picture has another place on the page. */
  onPlaced: () => void = () => {};
  private readonly stage = byId("stage");
  private readonly actionButton = byId<HTMLButtonElement>("action");
  private remote: Size = { width: 1, height: 1 };
  private placement: Placement;
  private cursor: CursorShape | undefined;
  private action: (() => void) | undefined;
  private warningUntilInput = false;
  private warningTimer: ReturnType<typeof setInterval> | undefined;
  private toastTimer: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly host: ViewHost) {
    this.placement = this.computePlacement();
    document.title = text.pageTitle;
    document.documentElement.lang = text.language;
    this.screen.ariaLabel = this.keyboard.ariaLabel = text.screenLabel;
    byId("warning-close").textContent = text.understood;
    byId("warning-close").addEventListener("click", () => this.understood());
    this.actionButton.addEventListener("click", () => this.action?.());
    const changed = () => {
      this.layOut();
      host.resized();
    };
    new ResizeObserver(changed).observe(this.stage);
    this.watchPixelRatio(changed);
  }

  // --- states ---

  show(state: PageState, notice: Notice, options: NoticeOptions = {}): void {
    document.body.dataset["state"] = state;
    document.body.toggleAttribute("data-busy", options.busy ?? false);
    byId("notice-title").textContent = notice.title;
    byId("notice-body").textContent = notice.body;
    const detail = byId("notice-detail");
    detail.textContent = options.detail ?? "";
    detail.hidden = !options.detail;
    this.action = options.action?.run;
    this.actionButton.hidden = !options.action;
    this.actionButton.textContent = options.action?.label ?? "";
    byId("status").textContent = sentences(notice.title, notice.body, options.detail);
    if (state === "connected") {
      this.focusScreen();
      return;
    }
    // Also who waits in another tab sees what becomes of it.
    document.title = `${notice.title} – ${text.pageTitle}`;
    this.dismissWarning();
    this.untoast();
    if (options.action && state !== "reconnecting") {
      this.actionButton.focus();
    }
  }

  focusScreen(): void {
    this.keyboard.focus({ preventScroll: true });
  }

  /** A passing word about an application. */
  toast(message: string): void {
    const toast = byId("toast");
    toast.textContent = message;
    clearTimeout(this.toastTimer);
    this.toastTimer = setTimeout(() => (toast.textContent = ""), TOAST_MS);
  }

  /** What was said is over: this, if it is still to be read, or whatever it was. */
  untoast(message?: string): void {
    const toast = byId("toast");
    if (message === undefined || toast.textContent === message) {
      toast.textContent = "";
    }
  }

  /** A warning that counts down, until it is dismissed or, if it is about idling, until the user does something. */
  warn(words: (seconds: number) => string, seconds: number, { untilInput }: { untilInput: boolean }): void {
    this.dismissWarning();
    const end = performance.now() + seconds * 1000;
    const tell = () => {
      const left = Math.max(0, Math.ceil((end - performance.now()) / 1000));
      byId("warning-text").textContent = words(left);
    };
    tell();
    // Said once, and at once: what counts down would be read out every second.
    byId("alert").textContent = words(seconds);
    this.warning.hidden = false;
    this.warningUntilInput = untilInput;
    this.warningTimer = setInterval(tell, 1000);
  }

  /** The user did something: an idle warning is over. Cheap, since it is called for every input. */
  inputSeen(): void {
    if (this.warningUntilInput) {
      this.dismissWarning();
    }
  }

  private understood(): void {
    if (this.warningUntilInput) {
      this.host.stay();
    }
    this.dismissWarning();
    this.focusScreen();
  }

  private dismissWarning(): void {
    clearInterval(this.warningTimer);
    this.warning.hidden = true;
    byId("alert").textContent = "";
    this.warningUntilInput = false;
  }

  // --- the remote picture ---

  /** The page's size as the agent is told it. */
  pageSize(): PageSize {
    const ratio = window.devicePixelRatio;
    const side = (length: number) => Math.min(MAX_SCREEN_SIDE, Math.max(1, Math.round(length * ratio)));
    return {
      width: side(this.stage.clientWidth),
      height: side(this.stage.clientHeight),
      scalePercent: Math.min(5000, Math.max(10, Math.round(ratio * 100))),
    };
  }

  setRemote(remote: Size): void {
    this.remote = remote;
    this.layOut();
  }

  setCursor(shape: CursorShape | undefined): void {
    this.cursor = shape;
    this.applyCursor();
  }

  get remoteSize(): Size {
    return this.remote;
  }

  get remotePlacement(): Placement {
    return this.placement;
  }

  /** A window that goes to another display may keep its size and change the ratio of its pixels. */
  private watchPixelRatio(changed: () => void): void {
    const same = window.matchMedia(`(resolution: ${window.devicePixelRatio}dppx)`);
    same.addEventListener(
      "change",
      () => {
        changed();
        this.watchPixelRatio(changed);
      },
      { once: true },
    );
  }

  private computePlacement(): Placement {
    return place(this.remote, { width: this.stage.clientWidth, height: this.stage.clientHeight }, window.devicePixelRatio);
  }

  private layOut(): void {
    const scale = this.placement.scale;
    const placement = this.computePlacement();
    this.placement = placement;
    const style = this.screen.style;
    style.left = `${placement.left}px`;
    style.top = `${placement.top}px`;
    style.width = `${placement.width}px`;
    style.height = `${placement.height}px`;
    this.screen.classList.toggle("exact", Number.isInteger(placement.scale));
    if (placement.scale !== scale) {
      this.applyCursor();
    }
    this.onPlaced();
  }

  private applyCursor(): void {
    this.screen.style.cursor = this.cursor ? cursorStyle(this.cursor, this.placement.scale, window.devicePixelRatio) : "default";
  }
}

/** As they are read out. */
function sentences(...parts: (string | undefined)[]): string {
  return parts.filter((part) => part).map((part) => (/[.!?]$/.test(part!) ? part : `${part}.`)).join(" ");
}
