/**
 * What the session has open: the catalogue's applications, those that were started, and the windows. Pure: times are passed in, in ms.
 *
 * It decides when the user is offered the catalogue by itself: when nothing is on the screen and nothing is on its way there.
 */
import { type ApplicationEvent, ApplicationState, type CatalogueApplication, type RemoteWindow, type SessionView } from "./protocol.ts";

/** An application that has shown no window for so long may have none. */
export const LAUNCH_PATIENCE_MS = 15_000;

export class Desk {
  view: SessionView = "applications";
  applications: CatalogueApplication[] = [];
  windows: RemoteWindow[] = [];
  private started = new Map<number, string>();
  /** Started, without a sign of life yet, and since when. */
  private readonly pending = new Map<number, number>();
  /** The windows are known. */
  private told = false;

  welcome(view: SessionView, applications: CatalogueApplication[], started: Map<number, string>, now: number): void {
    this.view = view;
    this.applications = applications;
    this.started = new Map(started);
    this.windows = [];
    this.told = false;
    this.pending.clear();
    for (const id of started.keys()) {
      this.pending.set(id, now);
    }
  }

  launching(id: number, name: string, now: number): void {
    this.started.set(id, name);
    this.pending.set(id, now);
  }

  /** What became of an application: it may have ended before it showed anything. */
  application(event: ApplicationEvent): void {
    if (event.state !== ApplicationState.started) {
      this.pending.delete(event.id);
    }
  }

  setWindows(windows: RemoteWindow[]): void {
    this.told = true;
    this.windows = windows;
    if (windows.length > 0) {
      this.pending.clear();
    }
  }

  /** Is the user to be offered the catalogue? */
  offers(now: number): boolean {
    return this.view === "applications" && this.told && this.windows.length === 0 && this.waits(now) === undefined;
  }

  /** For how long an application may still take to show itself; undefined: none is awaited. */
  waits(now: number): number | undefined {
    const left = [...this.pending.values()].map((since) => since + LAUNCH_PATIENCE_MS - now).filter((ms) => ms > 0);
    return left.length === 0 ? undefined : Math.max(...left);
  }

  /** The catalogue's application that was started under this id. */
  startedAs(id: number): CatalogueApplication | undefined {
    const name = this.started.get(id);
    return this.applications.find((application) => application.name === name);
  }

  /** What a window is called: its title, else its application's name. */
  titleOf(window: RemoteWindow, otherwise: string): string {
    const application = this.startedAs(window.application);
    return window.title.trim() || application?.displayName || application?.name || otherwise;
  }

  /** Names of the applications that have a window. */
  open(): Set<string> {
    return new Set(this.windows.flatMap((window) => this.startedAs(window.application)?.name ?? []));
  }
}
