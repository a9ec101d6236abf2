/** Whether this browser has what the page is made of. One that cannot even read the script shows what index.html says of that. */
import { byId } from "./dom.ts";
import { text } from "./text.ts";

const NEEDED = ["WebSocket", "ReadableStream", "ResizeObserver", "PointerEvent", "HTMLDialogElement", "createImageBitmap"];

export function isSupported(): boolean {
  return NEEDED.every((name) => name in window);
}

export function sayUnsupported(): void {
  document.documentElement.lang = text.language;
  document.title = `${text.unsupported.title} – ${text.pageTitle}`;
  document.body.dataset["state"] = "refused";
  byId("notice-title").textContent = text.unsupported.title;
  byId("notice-body").textContent = text.unsupported.body;
}
