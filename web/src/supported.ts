/** Whether this browser has what the page is made of. One that cannot even read the script shows what index.html says of that. */
import { byId } from "./dom.ts";
import { text } from "./text.ts";

const NEEDED = ["WebSocket", "ReadableStream", "ResizeObserver", "PointerEvent", "HTMLDialogElement", "createImageBitmap"];

export function isSupported(): boolean {
  return NEEDED.every((name) => name in window);
}

/**
 * Whether a Worker may paint: a canvas can be given to one, and the page can still look at it. In Firefox (153) whoever looks at it while the Worker
 * paints waits for 10 s, again and again: a page that did saw one picture of a film in half a minute instead of 31 a
 * second. From key to pixel the page itself takes 16 ms there and a Worker 24 (p50).
 */
export function canPaintInWorker(): boolean {
  const isGecko = "mozInnerScreenX" in window;
  return typeof Worker === "function" && typeof HTMLCanvasElement.prototype.transferControlToOffscreen === "function" && !isGecko;
}

export function sayUnsupported(): void {
  document.documentElement.lang = text.language;
  document.title = `${text.unsupported.title} – ${text.pageTitle}`;
  document.body.dataset["state"] = "refused";
  byId("notice-title").textContent = text.unsupported.title;
  byId("notice-body").textContent = text.unsupported.body;
}
