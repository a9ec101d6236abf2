/** The overlay of live figures. */
import { byId, element } from "./dom.ts";
import type { Figures } from "./figures.ts";
import { text } from "./text.ts";

const STAGES = ["total", "network", "application", "capture", "encode", "decode", "paint"] as const;

export class Overlay {
  private readonly panel = byId("figures");
  private readonly list = byId("figure-list");

  constructor() {
    this.panel.ariaLabel = text.figures;
  }

  /** Shows or hides it; says which. */
  toggle(): boolean {
    this.panel.hidden = !this.panel.hidden;
    return !this.panel.hidden;
  }

  show({ framesPerSecond, kilobitsPerSecond, codecs, latency }: Figures): void {
    const names = text.figureNames;
    const number = (value: number, digits: number) =>
      value.toLocaleString(text.language, { minimumFractionDigits: digits, maximumFractionDigits: digits });
    const rows: [name: string, value: string, className?: string][] = [
      [names.frames, number(framesPerSecond, 0)],
      [names.bandwidth, `${number(kilobitsPerSecond / 1000, 2)} Mbit/s`],
    ];
    const codecNames: Record<string, string> = text.codecNames;
    const percent = (share: number) => share.toLocaleString(text.language, { style: "percent" });
    for (const { name, share } of codecs) {
      rows.push([names.codec(codecNames[name] ?? name), percent(share)]);
    }
    for (const stage of STAGES) {
      if (latency) {
        rows.push([names[stage], `${number(latency[stage], 1)} ms`, stage === "total" ? "total" : "stage"]);
      }
    }
    const elements = rows.flatMap(([name, value, className]) => [element("dt", className, name), element("dd", className, value)]);
    if (!latency) {
      elements.push(element("dt", "hint", text.noFigures));
    }
    this.list.replaceChildren(...elements);
  }
}
