/** The stream client in the page itself, for browsers whose Workers cannot paint what the page shows. Loaded only there. */
import type { StreamEvent } from "./link.ts";
import { StreamClient } from "./stream.ts";

export function openInPage(screen: HTMLCanvasElement, tell: (event: StreamEvent) => void): StreamClient {
  const client = new StreamClient(tell);
  client.handle({ type: "canvas", canvas: screen, hasFilm: false });
  return client;
}
