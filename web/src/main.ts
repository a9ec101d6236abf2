/** Starts the page: the stream client in a Worker where a canvas can be given to it, else in the page itself. */
import type { Command, StreamEvent } from "./link.ts";
import { Session } from "./session.ts";
import { StreamClient } from "./stream.ts";

/** The Worker's hashed file, put in by the build. */
declare const WORKER_FILE: string;

function openStream(screen: HTMLCanvasElement, tell: (event: StreamEvent) => void): (command: Command) => void {
  if (typeof screen.transferControlToOffscreen !== "function" || typeof Worker !== "function") {
    const client = new StreamClient(tell);
    client.handle({ type: "canvas", canvas: screen });
    return (command) => client.handle(command);
  }
  const worker = new Worker(WORKER_FILE);
  worker.onmessage = (event: MessageEvent<StreamEvent>) => tell(event.data);
  worker.onerror = (event) => tell({ type: "closed", detail: `the stream's Worker failed: ${event.message}` });
  const canvas = screen.transferControlToOffscreen();
  worker.postMessage({ type: "canvas", canvas } satisfies Command, [canvas]);
  return (command) => worker.postMessage(command);
}

new Session(openStream);
