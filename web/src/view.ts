/** The page's elements: shows states, the toolbar and the remote picture's place. It decides nothing. */
import { type CursorShape, cursorStyle } from "./cursor.ts";
import type { Figures } from "./figures.ts";
import { type Placement, place, type Size } from "./layout.ts";
import { type CatalogueApplication, MAX_SCREEN_SIDE, type PageSize } from "./protocol.ts";
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

export interface ToolbarActions {
  /** Keys (evdev codes) to be pressed together. */
  keys(codes: readonly number[]): void;
  paste(): void;
  /** The user is there, though nothing was done to the remote screen. */
  stay(): void;
  /** The figures are shown, or not any more. */
  watch(on: boolean): void;
  launch(application: CatalogueApplication): void;
  end(): void;
}

const TOAST_MS = 6_000;

interface Combination {
  /** Names of `keyNames`, or what every keyboard calls the key. */
  names: string[];
  /** Evdev codes. */
  codes: number[];
}

/** What browsers and window managers keep for themselves. */
const COMBINATIONS: readonly Combination[] = [
  { names: ["control", "W"], codes: [29, 17] },
  { names: ["control", "T"], codes: [29, 20] },
  { names: ["control", "N"], codes: [29, 49] },
  { names: ["alt", "Tab"], codes: [56, 15] },
  { names: ["alt", "F4"], codes: [56, 62] },
  { names: ["control", "alt", "delete"], codes: [29, 56, 111] },
  { names: ["super"], codes: [125] },
  { names: ["F11"], codes: [87] },
];

function byId<E extends HTMLElement>(id: string): E {
  const element = document.getElementById(id);
  if (!element) {
    throw new Error(`the page has no #${id}`);
  }
  return element as E;
}

export class View {
  readonly screen = byId<HTMLCanvasElement>("screen");
  /** Has the focus while the remote screen is acted on. */
  readonly keyboard = byId<HTMLTextAreaElement>("keyboard");
  private readonly stage = byId("stage");
  private readonly toolbar = byId("toolbar");
  private readonly handle = byId<HTMLButtonElement>("handle");
  private readonly bar = byId("bar");
  private readonly catalogue = byId<HTMLUListElement>("catalogue");
  private readonly keysButton = byId<HTMLButtonElement>("keys");
  private readonly keyList = byId<HTMLUListElement>("key-list");
  private readonly figures = byId("figures");
  private readonly applicationsButton = byId<HTMLButtonElement>("applications");
  private readonly fullScreenButton = byId<HTMLButtonElement>("full-screen");
  private readonly confirm = byId<HTMLDialogElement>("confirm");
  private readonly actionButton = byId<HTMLButtonElement>("action");
  private remote: Size = { width: 1, height: 1 };
  private placement: Placement;
  private cursor: CursorShape | undefined;
  private action: (() => void) | undefined;
  private warningUntilInput = false;
  private warningTimer: ReturnType<typeof setInterval> | undefined;
  private toastTimer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly actions: ToolbarActions,
    resized: (page: PageSize) => void,
  ) {
    this.placement = this.computePlacement();
    this.label();
    this.wireToolbar();
    this.actionButton.addEventListener("click", () => this.action?.());
    const changed = () => {
      this.layOut();
      resized(this.pageSize());
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
    byId("status").textContent = [notice.title, notice.body, options.detail].filter(Boolean).join(". ");
    this.toolbar.hidden = state !== "connected";
    if (state !== "connected") {
      this.dismissWarning();
      this.collapse(false);
      this.confirm.close();
    }
    if (state === "connected") {
      this.keyboard.focus({ preventScroll: true });
    } else if (options.action && state !== "reconnecting") {
      this.actionButton.focus();
    }
  }

  /** A passing word about an application. */
  toast(message: string): void {
    const toast = byId("toast");
    toast.textContent = message;
    clearTimeout(this.toastTimer);
    this.toastTimer = setTimeout(() => (toast.textContent = ""), TOAST_MS);
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
    byId("warning").hidden = false;
    this.warningUntilInput = untilInput;
    this.warningTimer = setInterval(tell, 1000);
  }

  /** The user did something: an idle warning is over. Cheap, since it is called for every input. */
  inputSeen(): void {
    if (this.warningUntilInput) {
      this.dismissWarning();
    }
  }

  private dismissWarning(): void {
    clearInterval(this.warningTimer);
    byId("warning").hidden = true;
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
  }

  private applyCursor(): void {
    this.screen.style.cursor = this.cursor ? cursorStyle(this.cursor, this.placement.scale, window.devicePixelRatio) : "default";
  }

  // --- the toolbar ---

  setSession(stack: string, applications: CatalogueApplication[], feedbackUrl: URL | undefined): void {
    document.title = text.pageTitleOf(stack);
    byId("stack").textContent = stack;
    const feedback = byId<HTMLAnchorElement>("feedback");
    feedback.hidden = !feedbackUrl;
    feedback.href = feedbackUrl?.href ?? "";
    this.catalogue.replaceChildren(...applications.map((application) => this.entry(application)));
    if (applications.length === 0) {
      const empty = document.createElement("li");
      empty.textContent = text.noApplications;
      this.catalogue.append(empty);
    }
  }

  /** Elements whose keys and clicks are the page's own. */
  isOwn(target: EventTarget | null): boolean {
    return target instanceof Node && [this.toolbar, this.confirm, byId("warning")].some((own) => own.contains(target));
  }

  expand(): void {
    this.bar.hidden = false;
    this.handle.hidden = true;
    this.handle.ariaExpanded = "true";
    this.applicationsButton.focus();
  }

  private collapse(focusScreen: boolean): void {
    this.bar.hidden = true;
    this.handle.hidden = false;
    this.handle.ariaExpanded = "false";
    this.showCatalogue(false);
    if (focusScreen) {
      this.keyboard.focus({ preventScroll: true });
    }
  }

  private showCatalogue(shown: boolean): void {
    this.showMenu(shown ? "catalogue" : undefined);
  }

  private showMenu(which: "catalogue" | "keys" | undefined): void {
    this.catalogue.hidden = which !== "catalogue";
    this.applicationsButton.ariaExpanded = String(which === "catalogue");
    this.keyList.hidden = which !== "keys";
    this.keysButton.ariaExpanded = String(which === "keys");
  }

  // --- figures ---

  toggleFigures(): void {
    const shown = Boolean(this.figures.hidden);
    this.figures.hidden = !shown;
    byId("figures-button").ariaPressed = String(shown);
    this.actions.watch(shown);
  }

  showFigures({ framesPerSecond, kilobitsPerSecond, latency }: Figures): void {
    const names = text.figureNames;
    const number = (value: number, digits: number) =>
      value.toLocaleString(text.language, { minimumFractionDigits: digits, maximumFractionDigits: digits });
    const rows: [string, string][] = [
      [names.frames, number(framesPerSecond, 0)],
      [names.bandwidth, `${number(kilobitsPerSecond / 1000, 2)} Mbit/s`],
    ];
    for (const stage of ["total", "network", "application", "capture", "encode", "decode", "paint"] as const) {
      if (latency) {
        rows.push([names[stage], `${number(latency[stage], 1)} ms`]);
      }
    }
    const elements = rows.flatMap(([name, value]) => {
      const term = document.createElement("dt");
      const figure = document.createElement("dd");
      term.textContent = name;
      figure.textContent = value;
      return [term, figure];
    });
    if (!latency) {
      const hint = document.createElement("dt");
      hint.className = "hint";
      hint.textContent = text.noFigures;
      elements.push(hint);
    }
    this.figures.replaceChildren(...elements);
  }

  private entry(application: CatalogueApplication): HTMLLIElement {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = application.displayName || application.name;
    button.dataset["application"] = application.name;
    button.addEventListener("click", () => {
      this.collapse(true);
      this.actions.launch(application);
    });
    const item = document.createElement("li");
    item.append(button);
    return item;
  }

  private combination({ names, codes }: Combination): HTMLLIElement {
    const button = document.createElement("button");
    button.type = "button";
    const words: Record<string, string> = text.keyNames;
    button.textContent = names.map((name) => words[name] ?? name).join(" + ");
    button.dataset["keys"] = names.join("+");
    button.addEventListener("click", () => {
      this.collapse(true);
      this.actions.keys(codes);
    });
    const item = document.createElement("li");
    item.append(button);
    return item;
  }

  private label(): void {
    document.title = text.pageTitle;
    this.screen.ariaLabel = this.keyboard.ariaLabel = text.screenLabel;
    this.handle.ariaLabel = this.handle.title = this.bar.ariaLabel = text.menu;
    this.applicationsButton.textContent = text.applications;
    this.fullScreenButton.textContent = text.fullScreen;
    document.documentElement.lang = text.language;
    this.keysButton.textContent = text.keys;
    byId("paste").textContent = text.paste;
    byId("figures-button").textContent = this.figures.ariaLabel = text.figures;
    this.keyList.replaceChildren(...COMBINATIONS.map((combination) => this.combination(combination)));
    byId("feedback").textContent = text.feedback;
    byId("warning-close").textContent = text.understood;
    byId("end").textContent = byId("confirm-end").textContent = text.end;
    const hide = byId("hide");
    hide.ariaLabel = hide.title = text.hide;
    byId("confirm-title").textContent = text.confirmTitle;
    byId("confirm-body").textContent = text.confirmBody;
    byId("confirm-cancel").textContent = text.cancel;
  }

  private wireToolbar(): void {
    this.handle.addEventListener("click", () => this.expand());
    byId("hide").addEventListener("click", () => this.collapse(true));
    this.applicationsButton.addEventListener("click", () => this.showCatalogue(Boolean(this.catalogue.hidden)));
    this.keysButton.addEventListener("click", () => this.showMenu(this.keyList.hidden ? "keys" : undefined));
    byId("paste").addEventListener("click", () => {
      this.collapse(true);
      this.actions.paste();
    });
    byId("figures-button").addEventListener("click", () => this.toggleFigures());
    this.screen.addEventListener("pointerdown", () => this.collapse(false));
    this.toolbar.addEventListener("keydown", (event) => {
      if (event.key === "Escape") {
        this.collapse(true);
      }
    });
    this.fullScreenButton.addEventListener("click", () => void this.toggleFullScreen());
    document.addEventListener("fullscreenchange", () => {
      this.fullScreenButton.textContent = document.fullscreenElement ? text.leaveFullScreen : text.fullScreen;
    });
    byId("warning-close").addEventListener("click", () => {
      if (this.warningUntilInput) {
        this.actions.stay();
      }
      this.dismissWarning();
      this.keyboard.focus({ preventScroll: true });
    });
    byId("end").addEventListener("click", () => {
      this.confirm.returnValue = "";
      this.confirm.showModal();
    });
    this.confirm.addEventListener("close", () => {
      if (this.confirm.returnValue === "end") {
        this.actions.end();
      }
      this.keyboard.focus({ preventScroll: true });
    });
  }

  private async toggleFullScreen(): Promise<void> {
    this.collapse(true);
    try {
      if (document.fullscreenElement) {
        await document.exitFullscreen();
      } else {
        await document.documentElement.requestFullscreen();
        // Chromium then gives the page Escape, Alt+Tab and their like as well.
        const keyboard = (navigator as Navigator & { keyboard?: { lock?: () => Promise<void> } }).keyboard;
        await keyboard?.lock?.();
      }
    } catch (error) {
      console.warn("full screen was refused", error);
    }
  }
}
