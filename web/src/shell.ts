/** What is round the remote picture: toolbar, catalogue, a desktop's bar, figures. It knows what is open, and shows it in all of them. */
import { Catalogue } from "./catalogue.ts";
import { Desk } from "./desk.ts";
import { byId } from "./dom.ts";
import type { Figures } from "./figures.ts";
import { Overlay } from "./overlay.ts";
import type { ApplicationEvent, CatalogueApplication, RemoteWindow, Welcome } from "./protocol.ts";
import { safeRedirect } from "./redirect.ts";
import { text } from "./text.ts";
import { Toolbar } from "./toolbar.ts";
import { type ActOnWindow, WindowList } from "./windows.ts";

export interface ShellActions {
  keys(codes: readonly number[]): void;
  paste(): void;
  launch(application: CatalogueApplication): void;
  window: ActOnWindow;
  /** The figures are shown, or not any more. */
  watch(on: boolean): void;
  end(): void;
  focusScreen(): void;
}

export class Shell {
  readonly desk = new Desk();
  private readonly toolbar: Toolbar;
  private readonly catalogue: Catalogue;
  private readonly overlay = new Overlay();
  private readonly bar = byId("taskbar");
  private readonly barWindows: WindowList;
  private offerTimer: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly actions: ShellActions) {
    this.catalogue = new Catalogue({ launch: actions.launch, closed: actions.focusScreen });
    this.toolbar = new Toolbar({
      keys: actions.keys,
      paste: actions.paste,
      applications: () => this.showApplications(),
      window: (id, action) => this.act(id, action),
      figures: () => this.toggleFigures(),
      end: actions.end,
      focusScreen: () => this.focusScreen(),
    });
    this.barWindows = new WindowList(byId("taskbar-windows"), (id, action) => this.act(id, action), true);
    this.bar.ariaLabel = text.windows;
    this.bar.addEventListener("keydown", (event) => {
      if (event.key === "Escape") {
        this.focusScreen();
      }
    });
    const start = byId<HTMLButtonElement>("start");
    start.textContent = text.applications;
    start.addEventListener("click", () => {
      if (this.catalogue.shown) {
        this.catalogue.hide();
        this.actions.focusScreen();
      } else {
        this.showApplications();
      }
    });
  }

  /** Elements whose keys and clicks are the page's own. */
  isOwn(target: EventTarget | null): boolean {
    const own = [this.toolbar.element, this.toolbar.confirm, this.catalogue.element, this.bar];
    return target instanceof Node && own.some((element) => element.contains(target));
  }

  /** Whether there is a session to be used. */
  setConnected(connected: boolean): void {
    this.toolbar.element.hidden = !connected;
    if (connected) {
      this.offer();
    } else {
      clearTimeout(this.offerTimer);
      this.toolbar.collapse(false);
      this.toolbar.confirm.close();
      this.catalogue.hide();
    }
  }

  welcome(welcome: Welcome): void {
    document.title = text.pageTitleOf(welcome.stack);
    document.body.dataset["view"] = welcome.view;
    this.bar.hidden = welcome.view !== "desktop";
    this.desk.welcome(welcome.view, welcome.applications, welcome.started, performance.now());
    this.toolbar.setSession(welcome.stack, safeRedirect(welcome.feedbackUrl), welcome.notYet);
    this.catalogue.setApplications(welcome.applications);
    this.showWindows();
  }

  launching(id: number, name: string): void {
    this.desk.launching(id, name, performance.now());
    this.offer();
  }

  application(event: ApplicationEvent): void {
    this.desk.application(event);
    this.offer();
  }

  setWindows(windows: RemoteWindow[]): void {
    const before = this.desk.windows.length;
    this.desk.setWindows(windows);
    this.showWindows();
    // What was started is there: the catalogue is in its way.
    if (before === 0 && windows.length > 0 && this.catalogue.shown) {
      this.catalogue.hide();
      this.actions.focusScreen();
    }
    this.offer();
  }

  expand(): void {
    if (!this.toolbar.confirm.open) {
      this.toolbar.expand();
    }
  }

  /** The user acts on the remote screen. */
  pointerOnScreen(): void {
    this.toolbar.collapse(false);
    if (this.desk.view === "desktop" && this.catalogue.shown) {
      this.catalogue.hide();
    }
  }

  showApplications(): void {
    if (this.toolbar.confirm.open) {
      return;
    }
    this.catalogue.show(this.desk.view === "desktop" || this.desk.windows.length > 0);
  }

  toggleFigures(): void {
    const shown = this.overlay.toggle();
    this.toolbar.setFigures(shown);
    this.actions.watch(shown);
  }

  showFigures(figures: Figures): void {
    this.overlay.show(figures);
  }

  private act: ActOnWindow = (id, action) => {
    this.actions.window(id, action);
    this.actions.focusScreen();
  };

  /** The keys go to the remote screen, unless the catalogue lies over it. */
  private focusScreen(): void {
    if (this.catalogue.shown) {
      this.catalogue.focus();
    } else {
      this.actions.focusScreen();
    }
  }

  private showWindows(): void {
    this.toolbar.setWindows(this.desk);
    this.barWindows.show(this.desk);
    this.catalogue.setOpen(this.desk.open());
  }

  /** Offers the catalogue once nothing is on the screen or on its way there. */
  private offer(): void {
    clearTimeout(this.offerTimer);
    if (document.body.dataset["state"] !== "connected") {
      return;
    }
    const now = performance.now();
    if (this.desk.offers(now)) {
      this.toolbar.collapse(false);
      this.showApplications();
      return;
    }
    const waits = this.desk.waits(now);
    if (waits !== undefined) {
      this.offerTimer = setTimeout(() => this.offer(), waits);
    }
  }
}
