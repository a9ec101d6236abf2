/** The stream client in the page itself, for browsers that cannot give a canvas to a Worker. Loaded only there. */
import type { StreamEvent } from "./link.ts";
import { StreamClient } from "./stream.ts";

export function openInPage(screen: HTMLCanvasElement, tell: (event: StreamEvent) => void): StreamClient {
  const client = new StreamClient(tell);
  client.handle({ type: "canvas", canvas: screen, hasFilm: false });
  return client;
}
