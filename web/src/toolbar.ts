/** The toolbar: a small handle at the top, and a bar that comes when it is wanted and hides itself. It decides nothing. */
import type { Desk } from "./desk.ts";
import { button, byId, element } from "./dom.ts";
import { ownKeys, text } from "./text.ts";
import { type ActOnWindow, WindowList } from "./windows.ts";

export interface ToolbarActions {
  /** Keys (evdev codes) to be pressed together. */
  keys(codes: readonly number[]): void;
  paste(): void;
  /** The catalogue. */
  applications(): void;
  window: ActOnWindow;
  figures(): void;
  end(): void;
  /** The keys are to go to the remote screen again. */
  focusScreen(): void;
}

/** The bar stays for so long after the pointer has left it. */
const LINGER_MS = 2_500;
/** Between a menu and the window's edge. */
const MENU_MARGIN_PX = 12;

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
  { names: ["control", "shift", "T"], codes: [29, 42, 20] },
  { names: ["control", "Tab"], codes: [29, 15] },
  { names: ["alt", "Tab"], codes: [56, 15] },
  { names: ["alt", "F4"], codes: [56, 62] },
  { names: ["control", "alt", "delete"], codes: [29, 56, 111] },
  { names: ["super"], codes: [125] },
  { names: ["escape"], codes: [1] },
  { names: ["F11"], codes: [87] },
];

/** Chromium's Keyboard Lock; other browsers, and pages that came by plain HTTP from elsewhere, have none. */
const keyLock = () => (navigator as Navigator & { keyboard?: { lock(): Promise<void>; unlock(): void } }).keyboard;

const ARROWS: Readonly<Record<string, { step: number; down: boolean }>> = {
  ArrowLeft: { step: -1, down: false },
  ArrowRight: { step: 1, down: false },
  ArrowUp: { step: -1, down: true },
  ArrowDown: { step: 1, down: true },
};

/** What in it can have the focus. */
const controlsOf = (element: HTMLElement) =>
  [...element.querySelectorAll<HTMLElement>("button, a")].filter((control) => control.checkVisibility());

const MENUS = ["windows", "keys", "more"] as const;
type MenuName = (typeof MENUS)[number];

export class Toolbar {
  readonly element = byId("toolbar");
  readonly confirm = byId<HTMLDialogElement>("confirm");
  private readonly handle = byId<HTMLButtonElement>("handle");
  private readonly bar = byId("bar");
  private readonly applications = byId<HTMLButtonElement>("applications");
  private readonly fullScreen = byId<HTMLButtonElement>("full-screen");
  private readonly windowList: WindowList;
  private lingerTimer: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly actions: ToolbarActions) {
    this.windowList = new WindowList(
      byId("window-list"),
      (id, action) => {
        if (action === 1) {
          this.collapse(true);
        }
        actions.window(id, action);
      },
      false,
    );
    this.label();
    this.wire();
  }

  setSession(stack: string, feedbackUrl: URL | undefined, notYet: readonly string[]): void {
    byId("stack").textContent = stack;
    const feedback = byId<HTMLAnchorElement>("feedback");
    feedback.hidden = !feedbackUrl;
    feedback.href = feedbackUrl?.href ?? "";
    const names: Record<string, string> = text.settings;
    byId("not-yet-list").replaceChildren(...notYet.map((setting) => element("li", "soon", names[setting] ?? setting)));
    this.menuButton("more").hidden = notYet.length === 0;
  }

  setWindows(desk: Desk): void {
    const windows = this.menuButton("windows");
    windows.hidden = desk.windows.length === 0;
    windows.textContent = text.windowCount(desk.windows.length);
    this.windowList.show(desk);
    if (windows.hidden && !byId("windows-menu").hidden) {
      this.showMenu(undefined);
    }
  }

  setFigures(shown: boolean): void {
    byId("figures-button").ariaPressed = String(shown);
  }

  expand(): void {
    this.bar.hidden = false;
    this.handle.hidden = true;
    this.handle.ariaExpanded = "true";
    this.applications.focus();
    this.linger();
  }

  collapse(focusScreen: boolean): void {
    clearTimeout(this.lingerTimer);
    this.bar.hidden = true;
    this.handle.hidden = false;
    this.handle.ariaExpanded = "false";
    this.showMenu(undefined);
    if (focusScreen) {
      this.actions.focusScreen();
    }
  }

  /** Hides the bar after a while, unless the pointer or a menu holds it open, or it is used by keyboard. */
  private linger(): void {
    clearTimeout(this.lingerTimer);
    this.lingerTimer = setTimeout(() => {
      const menu = MENUS.some((name) => !byId(`${name}-menu`).hidden);
      const byKeyboard = this.element.querySelector(":focus-visible") !== null;
      if (this.bar.hidden || menu || byKeyboard || this.element.matches(":hover") || this.confirm.open) {
        return;
      }
      this.collapse(this.element.contains(document.activeElement));
    }, LINGER_MS);
  }

  private menuButton(name: MenuName): HTMLButtonElement {
    return byId<HTMLButtonElement>(`${name}-button`);
  }

  private showMenu(which: MenuName | undefined): void {
    for (const name of MENUS) {
      byId(`${name}-menu`).hidden = name !== which;
      this.menuButton(name).ariaExpanded = String(name === which);
    }
    this.placeMenu();
  }

  /** Below its button, as far as the window reaches. */
  private placeMenu(): void {
    const open = MENUS.find((name) => !byId(`${name}-menu`).hidden);
    if (open) {
      const menu = byId(`${open}-menu`);
      const bar = this.element.getBoundingClientRect();
      const most = document.documentElement.clientWidth - MENU_MARGIN_PX - menu.offsetWidth;
      const left = Math.max(MENU_MARGIN_PX, Math.min(this.menuButton(open).getBoundingClientRect().left, most));
      menu.style.left = `${left - bar.left}px`;
    }
  }

  private combination({ names, codes }: Combination): HTMLLIElement {
    const words: Record<string, string> = text.keyNames;
    const made = button("", names.map((name) => words[name] ?? name).join(" + "), () => {
      this.collapse(true);
      this.actions.keys(codes);
    });
    made.dataset["keys"] = names.join("+");
    const item = element("li");
    item.append(made);
    return item;
  }

  private label(): void {
    this.handle.ariaLabel = this.bar.ariaLabel = text.menu;
    this.handle.title = `${text.menu} (${ownKeys("M")})`;
    this.applications.textContent = text.applications;
    this.fullScreen.textContent = text.fullScreen;
    this.menuButton("keys").textContent = text.keys;
    this.menuButton("more").textContent = text.more;
    byId("not-yet").textContent = text.notYet;
    byId("paste").textContent = text.paste;
    byId("figures-button").textContent = text.figures;
    byId("figures-button").title = ownKeys("I");
    this.applications.title = ownKeys("A");
    byId("keys-menu").replaceChildren(...COMBINATIONS.map((combination) => this.combination(combination)));
    byId("feedback").textContent = text.feedback;
    byId("end").textContent = byId("confirm-end").textContent = text.end;
    const hide = byId("hide");
    hide.ariaLabel = hide.title = text.hide;
    byId("confirm-title").textContent = text.confirmTitle;
    byId("confirm-body").textContent = text.confirmBody;
    byId("confirm-cancel").textContent = text.cancel;
  }

  private wire(): void {
    this.handle.addEventListener("click", () => this.expand());
    byId("hide").addEventListener("click", () => this.collapse(true));
    this.applications.addEventListener("click", () => {
      this.collapse(false);
      this.actions.applications();
    });
    for (const name of MENUS) {
      this.menuButton(name).addEventListener("click", () => this.showMenu(byId(`${name}-menu`).hidden ? name : undefined));
    }
    byId("paste").addEventListener("click", () => {
      this.collapse(true);
      this.actions.paste();
    });
    byId("figures-button").addEventListener("click", () => this.actions.figures());
    this.element.addEventListener("pointerleave", () => this.linger());
    this.element.addEventListener("focusout", () => this.linger());
    this.element.addEventListener("keydown", (event) => this.key(event));
    window.addEventListener("resize", () => this.placeMenu());
    this.fullScreen.addEventListener("click", () => void this.toggleFullScreen());
    document.addEventListener("fullscreenchange", () => {
      this.fullScreen.ariaPressed = String(document.fullscreenElement !== null);
      if (!document.fullscreenElement) {
        keyLock()?.unlock();
      }
    });
    byId("end").addEventListener("click", () => {
      this.confirm.returnValue = "";
      this.confirm.showModal();
    });
    this.confirm.addEventListener("close", () => {
      if (this.confirm.returnValue === "end") {
        this.actions.end();
      }
      this.actions.focusScreen();
    });
  }

  /** Escape closes what was opened last; arrows go from one control to the next, as in any toolbar. */
  private key(event: KeyboardEvent): void {
    const menu = MENUS.find((name) => !byId(`${name}-menu`).hidden);
    if (event.key === "Escape" && menu) {
      this.showMenu(undefined);
      this.menuButton(menu).focus();
    } else if (event.key === "Escape") {
      this.collapse(true);
    } else if (event.key in ARROWS) {
      const inMenu = menu && byId(`${menu}-menu`).contains(document.activeElement);
      const controls = controlsOf(menu && (inMenu || ARROWS[event.key]!.down) ? byId(`${menu}-menu`) : this.bar);
      const at = controls.indexOf(document.activeElement as HTMLElement);
      const to = at < 0 ? 0 : (at + ARROWS[event.key]!.step + controls.length) % controls.length;
      controls[to]?.focus();
      event.preventDefault();
    }
  }

  private async toggleFullScreen(): Promise<void> {
    this.collapse(true);
    try {
      if (document.fullscreenElement) {
        await document.exitFullscreen();
      } else {
        await document.documentElement.requestFullscreen();
        // Chromium then gives the page Escape, Alt+Tab and their like as well.
        await keyLock()?.lock();
      }
    } catch (error) {
      console.warn("full screen was refused", error);
    }
  }
}
