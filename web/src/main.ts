/** Starts the page where the browser can show it: the stream client in a Worker where that can paint, else in the page itself. */
import { canShowFilm } from "./element.ts";
import type { Command, SendCommand, StreamEvent } from "./link.ts";
import { Session } from "./session.ts";
import { canPaintInWorker, isSupported, sayUnsupported } from "./supported.ts";

/** Hashed files, put in by the build. */
declare const WORKER_FILE: string;
declare const FALLBACK_FILE: string;

function openStream(screen: HTMLCanvasElement, tell: (event: StreamEvent) => void): SendCommand {
  if (!canPaintInWorker()) {
    const loaded = import(FALLBACK_FILE) as Promise<typeof import("./fallback.ts")>;
    const opened = loaded.then(({ openInPage }) => openInPage(screen, tell));
    const failed = (error: unknown) => tell({ type: "closed", detail: `the stream client failed: ${String(error)}` });
    // In order, also what is said before the client is there.
    return (command) => void opened.then((client) => client.handle(command)).catch(failed);
  }
  const worker = new Worker(WORKER_FILE);
  worker.onmessage = (event: MessageEvent<StreamEvent>) => tell(event.data);
  worker.onerror = (event) => tell({ type: "closed", detail: `the stream's Worker failed: ${event.message}` });
  const canvas = screen.transferControlToOffscreen();
  worker.postMessage({ type: "canvas", canvas, hasFilm: canShowFilm() } satisfies Command, [canvas]);
  return (command, transfer = []) => worker.postMessage(command, transfer);
}

if (isSupported()) {
  new Session(openStream);
} else {
  sayUnsupported();
}
