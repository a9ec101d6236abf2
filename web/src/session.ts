/**
 * The page's course, from a link to the end of the session.
 *
 *   link ──> opening ──> waiting/starting ──> connecting ──> connected ──> ended
 *              └──> refused          resume token ──┘  └── lost ──> reconnecting ──┘
 *
 * The link leaves the address bar before anything else happens; until the outcome is known it is kept for this tab alone (sessionStorage), so
 * that a reload while waiting does not lose it. Then the resume token takes its place there, and is replaced at every Welcome.
 */
import { admit, type Outcome, type Refusal, type Ticket } from "./admission.ts";
import { Clipboard, writeLocal } from "./clipboard.ts";
import { FilmElement } from "./element.ts";
import { InputCapture } from "./input.ts";
import { toRemote } from "./layout.ts";
import type { SendCommand, StreamEvent } from "./link.ts";
import { type ApplicationEvent, ApplicationState, CredentialKind, NoticeKind, type Welcome } from "./protocol.ts";
import { nextAttempt } from "./reconnect.ts";
import { safeRedirect } from "./redirect.ts";
import { Shell } from "./shell.ts";
import { forget, keep, kept } from "./storage.ts";
import { type EndReason, type Notice, ownKeys, text } from "./text.ts";
import { type NoticeOptions, type PageState, View } from "./view.ts";

const RESUME_KEY = "millrace.resume";
const TICKET_KEY = "millrace.ticket";
/** A window's size is told once it has kept still for this long. */
const RESIZE_SETTLE_MS = 150;

/** The left Control and V (evdev codes). */
const PASTE_KEYS = [29, 47] as const;

interface Credential {
  kind: CredentialKind;
  value: string;
}

/** Takes the ticket out of the address bar. */
function takeTicket(): Ticket | undefined {
  const query = new URLSearchParams(location.search);
  const parameters = query.get("parameters");
  const signature = query.get("signature");
  if ((location.search !== "" || location.hash !== "") && !query.has("stack")) {
    history.replaceState(null, "", location.pathname);
  }
  return parameters && signature ? { parameters, signature } : undefined;
}

/** In a frame, the stack's token takes the ticket's place: the server looks at it to say whose pages may embed this one. */
function keepStack(token: string): void {
  if (window.parent !== window) {
    history.replaceState(null, "", `${location.pathname}?${new URLSearchParams({ stack: token })}`);
  }
}

function storedTicket(): Ticket | undefined {
  const stored = kept(TICKET_KEY);
  return stored ? (JSON.parse(stored) as Ticket) : undefined;
}

/** With these, the link opens nothing any more. */
const USED_UP: readonly Refusal[] = ["invalid_ticket", "expired", "spent", "home_folder", "home_folder_full"];

export class Session {
  private readonly view: View;
  private readonly shell: Shell;
  private readonly input: InputCapture;
  private readonly stream: SendCommand;
  private readonly film: FilmElement;
  private readonly clipboard: Clipboard;
  private credential: Credential | undefined;
  private live = false;
  /** What was said of the application that was started last. */
  private launching = "";
  /** The user came by a link, and has seen no picture yet. */
  private fresh = false;
  private over = false;
  private failures = 0;
  private lostAt: number | undefined;
  private retryTimer: ReturnType<typeof setTimeout> | undefined;
  private resizeTimer: ReturnType<typeof setTimeout> | undefined;

  constructor(openStream: (screen: HTMLCanvasElement, tell: (event: StreamEvent) => void) => SendCommand) {
    const ticket = takeTicket();
    this.view = new View({ stay: () => this.input.stay(), resized: () => this.tellSize() });
    this.shell = new Shell({
      launch: (application) => {
        this.launching = text.launching(application.displayName || application.name);
        this.view.toast(this.launching);
        this.stream({ type: "launch", name: application.name });
      },
      window: (id, action) => this.stream({ type: "window", id, action }),
      keys: (codes) => this.input.combination(codes),
      paste: () => void this.pasteByButton(),
      watch: (on) => this.stream({ type: "watch", on }),
      end: () => this.stream({ type: "end" }),
      focusScreen: () => this.view.focusScreen(),
    });
    this.stream = openStream(this.view.screen, (event) => this.onStream(event));
    this.film = new FilmElement(this.view, this.stream);
    this.input = new InputCapture({
      screen: this.view.screen,
      keyboard: this.view.keyboard,
      active: () => this.live,
      isOwn: (target) => this.shell.isOwn(target) || (target instanceof Node && this.view.warning.contains(target)),
      toRemote: (x, y) => toRemote(x, y, this.view.remotePlacement, this.view.remoteSize),
      send: (input) => {
        this.view.inputSeen();
        this.stream({ type: "input", input });
      },
      paste: (text) => this.clipboard.pasted(text),
      gesture: () => this.clipboard.gesture(),
      pressed: () => this.shell.pointerOnScreen(),
      figures: () => this.shell.toggleFigures(),
      applications: () => this.shell.showApplications(),
      leave: () => this.shell.expand(),
    });
    this.clipboard = new Clipboard({
      send: (copied) => this.stream({ type: "clipboard", text: copied }),
      write: writeLocal,
      tell: (what) => this.view.toast(text.clipboard[what]),
    });
    this.watchPage();
    this.begin(ticket);
  }

  private begin(fresh: Ticket | undefined): void {
    const ticket = fresh ?? storedTicket();
    const token = kept(RESUME_KEY);
    if (ticket) {
      forget(RESUME_KEY);
      void this.enter(ticket);
    } else if (token) {
      this.show("connecting", text.states.resuming, { busy: true });
      this.connect({ kind: CredentialKind.resumeToken, value: token });
    } else {
      this.show("refused", text.noLink);
    }
  }

  private show(state: PageState, notice: Notice, options: NoticeOptions = {}): void {
    this.view.show(state, notice, options);
    this.shell.setConnected(state === "connected");
  }

  // --- admission ---

  private async enter(ticket: Ticket): Promise<void> {
    keep(TICKET_KEY, JSON.stringify(ticket));
    this.show("opening", text.states.opening, { busy: true });
    const outcome = await admit(ticket, (state) => {
      if (typeof state === "string") {
        this.show(state, text.states[state], { busy: true });
      } else {
        keepStack(state.stackToken);
      }
    });
    if (outcome.state === "ready") {
      forget(TICKET_KEY);
      this.fresh = true;
      this.show("connecting", text.states.connecting, { busy: true });
      this.connect({ kind: CredentialKind.grant, value: outcome.grant });
    } else {
      this.refuse(ticket, outcome);
    }
  }

  private refuse(ticket: Ticket, outcome: Extract<Outcome, { state: "refused" }>): void {
    const final = USED_UP.includes(outcome.reason);
    if (final) {
      forget(TICKET_KEY);
    }
    const again = { label: text.tryAgain, run: () => void this.enter(ticket) };
    // The server says the same in its own, single language.
    console.warn(`admission was refused: ${outcome.message}`);
    this.show("refused", text.refused[outcome.reason], final ? {} : { action: again });
    document.body.dataset["reason"] = outcome.reason;
  }

  /** Once in a session, to who has just come: the bar hides itself, and the keys to it stand nowhere else. */
  private hint(): void {
    if (this.fresh) {
      this.fresh = false;
      this.view.toast(text.menuHint(ownKeys("M")));
    }
  }

  // --- the stream ---

  private connect(credential: Credential): void {
    clearTimeout(this.retryTimer);
    this.credential = credential;
    const url = new URL("/session/stream", location.href);
    url.protocol = url.protocol === "https:" ? "wss:" : "ws:";
    this.stream({
      type: "connect",
      url: url.href,
      kind: credential.kind,
      credential: credential.value,
      page: this.view.pageSize(),
    });
  }

  private onStream(event: StreamEvent): void {
    switch (event.type) {
      case "welcome":
        this.onWelcome(event);
        break;
      case "screen":
        this.view.setRemote(event);
        break;
      case "film":
        this.film.open(event);
        break;
      case "filmOver":
        this.film.close(event.id);
        break;
      case "picture":
        this.live = true;
        this.failures = 0;
        this.lostAt = undefined;
        this.show("connected", text.states.connected);
        this.hint();
        // The window may have changed since the stream was asked for.
        this.tellSize();
        break;
      case "cursor":
        this.view.setCursor(event);
        break;
      case "application":
        this.onApplication(event);
        break;
      case "launching":
        this.shell.launching(event.id, event.name);
        break;
      case "windows":
        if (event.windows.length > this.shell.desk.windows.length) {
          this.view.untoast(this.launching);
        }
        this.shell.setWindows(event.windows);
        break;
      case "copied":
        void this.clipboard.received(event.text);
        break;
      case "figures":
        this.shell.showFigures(event.figures);
        break;
      case "notice":
        this.onNotice(event.kind, event.seconds);
        break;
      case "ended":
        this.onEnded(event.reason, event.message, event.redirectUrl);
        break;
      case "closed":
        console.warn(event.detail);
        this.lost();
        break;
    }
  }

  private onWelcome(welcome: Welcome): void {
    keep(RESUME_KEY, welcome.resumeToken);
    this.credential = { kind: CredentialKind.resumeToken, value: welcome.resumeToken };
    this.input.reset();
    this.clipboard.setRules(welcome.clipboard);
    this.view.setCursor(undefined);
    this.shell.welcome(welcome);
  }

  private onApplication(event: ApplicationEvent): void {
    const application = this.shell.desk.startedAs(event.id);
    const label = application?.displayName || application?.name || text.anApplication;
    if (event.state === ApplicationState.failed) {
      this.view.toast(text.launchFailed(label, event.message));
    } else if (event.state === ApplicationState.exited && event.status !== 0) {
      this.view.toast(text.exitedWith(label, event.status));
    }
    this.shell.application(event);
  }

  /** For who has no Ctrl+V: reads the clipboard, where the browser lets the page, and presses it there. */
  private async pasteByButton(): Promise<void> {
    try {
      this.clipboard.pasted(await navigator.clipboard.readText());
    } catch (error) {
      console.warn("the clipboard was not read", error);
      this.view.toast(text.clipboard.cannotRead);
      return;
    }
    this.input.combination(PASTE_KEYS);
  }

  private onNotice(kind: NoticeKind, seconds: number): void {
    switch (kind) {
      case NoticeKind.idle:
        return this.view.warn(text.idleSoon, seconds, { untilInput: true });
      case NoticeKind.time:
        return this.view.warn(text.timeSoon, seconds, { untilInput: false });
      case NoticeKind.clipboardTooLong:
        return this.view.toast(text.clipboard.copyTooLong);
    }
  }

  private onEnded(reason: number, message: string, redirectUrl: string): void {
    this.live = false;
    switch (reason) {
      case 1:
        return this.end("user", text.closeTab, redirectUrl);
      case 2:
        return this.end("takenOver", "", "");
      case 3:
        return this.end("instance", message, redirectUrl);
      case 4:
        return this.end("owner", message, redirectUrl);
      case 5:
        return this.end("time", message, redirectUrl);
      case 6:
        return this.offerReconnect("protocol");
      case 8:
        return this.lost();
      case 9:
        return this.offerReconnect("idle");
      default:
        return this.end("credential", "", redirectUrl);
    }
  }

  /** Over for good: nothing of it stays in the tab. */
  private end(reason: EndReason, detail: string, redirectUrl: string): void {
    this.over = true;
    forget(RESUME_KEY);
    const target = safeRedirect(redirectUrl);
    this.show("ended", text.ended[reason], { detail: target ? text.redirecting(target.host) : detail });
    document.body.dataset["reason"] = reason;
    if (target) {
      location.replace(target.href);
    }
  }

  /** The session may go on, but the page does not try by itself any more. */
  private offerReconnect(reason: EndReason): void {
    this.live = false;
    const run = () => {
      this.failures = 0;
      this.lostAt = undefined;
      this.lost();
    };
    this.show("ended", text.ended[reason], { action: { label: text.reconnect, run } });
    document.body.dataset["reason"] = reason;
  }

  private lost(): void {
    this.live = false;
    const credential = this.credential;
    if (this.over || !credential) {
      return;
    }
    const now = performance.now();
    this.lostAt ??= now;
    const next = nextAttempt(this.failures, now - this.lostAt, Math.random());
    if (next.type === "giveUp") {
      this.offerReconnect("lost");
      return;
    }
    this.failures += 1;
    const retry = () => this.connect(credential);
    this.show("reconnecting", text.states.reconnecting, {
      busy: true,
      ...(this.failures > 3 ? { action: { label: text.reconnectNow, run: retry } } : {}),
    });
    clearTimeout(this.retryTimer);
    this.retryTimer = setTimeout(retry, next.ms);
  }

  // --- the page around it ---

  private watchPage(): void {
    const awake = () => {
      if (this.live) {
        this.stream({ type: "check" });
      } else if (document.body.dataset["state"] === "reconnecting" && this.credential) {
        this.connect(this.credential);
      }
    };
    window.addEventListener("online", awake);
    document.addEventListener("visibilitychange", () => {
      const visible = document.visibilityState === "visible";
      this.stream({ type: "visible", visible });
      if (visible) {
        awake();
      }
    });
    // Back from the back-forward cache: the Worker's socket was closed meanwhile.
    window.addEventListener("pageshow", (event) => {
      if (event.persisted) {
        awake();
      }
    });
  }

  private tellSize(): void {
    clearTimeout(this.resizeTimer);
    this.resizeTimer = setTimeout(() => {
      if (this.live) {
        this.stream({ type: "resize", page: this.view.pageSize() });
      }
    }, RESIZE_SETTLE_MS);
  }
}
