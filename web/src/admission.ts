/** Asks once to be let in, and reads the progress that the answer streams: one JSON object a line, blank lines to keep it alive. */

export interface Ticket {
  parameters: string;
  signature: string;
}

export const REFUSALS = [
  "invalid_ticket",
  "expired",
  "spent",
  "fleet_not_running",
  "not_associated",
  "capacity",
  "instance_failed",
  "opened_again",
  "home_folder",
  "home_folder_full",
  "unavailable",
] as const;
export type Refusal = (typeof REFUSALS)[number];

export type Progress = "waiting" | "starting";

/** What the page keeps in its address when another page embeds it: without it a reload would be refused. */
export interface Opening {
  state: "opening";
  stackToken: string;
}

export type Outcome =
  | { state: "ready"; grant: string; stack: string }
  | { state: "refused"; reason: Refusal; message: string };

/** A line is at most as long as a grant may be (it must fit a message to the gateway), and some. */
export const MAX_LINE = 128 * 1024;

/** Splits bytes that come in any chunks into lines of text. */
export class LineReader {
  private readonly decoder = new TextDecoder();
  private rest = "";

  /** The whole lines that these bytes complete. Throws when a line is longer than MAX_LINE. */
  push(bytes: Uint8Array): string[] {
    const lines = (this.rest + this.decoder.decode(bytes, { stream: true })).split("\n");
    this.rest = lines.pop() ?? "";
    if (this.rest.length > MAX_LINE || lines.some((line) => line.length > MAX_LINE)) {
      throw new Error("a line of the answer is too long");
    }
    return lines;
  }
}

/** What one line says; nothing for a blank line or a state that this page does not know. */
export function readLine(line: string): Progress | Opening | Outcome | undefined {
  if (line.trim() === "") {
    return undefined;
  }
  const value = JSON.parse(line) as Record<string, unknown>;
  switch (value["state"]) {
    case "opening":
      return { state: "opening", stackToken: String(value["stack_token"] ?? "") };
    case "waiting":
    case "starting":
      return value["state"];
    case "ready":
      if (typeof value["grant"] === "string") {
        return { state: "ready", grant: value["grant"], stack: String(value["stack"] ?? "") };
      }
      throw new Error("the answer has no grant");
    case "refused": {
      const reason = REFUSALS.find((known) => known === value["reason"]) ?? "unavailable";
      return { state: "refused", reason, message: String(value["message"] ?? "") };
    }
    default:
      return undefined;
  }
}

const UNAVAILABLE: Outcome = { state: "refused", reason: "unavailable", message: "" };

/** Asks for admission. Never throws: what goes wrong on the way is a refusal as `unavailable`. */
export async function admit(
  ticket: Ticket,
  progress: (state: Progress | Opening) => void,
  fetcher: typeof fetch = fetch,
): Promise<Outcome> {
  try {
    const response = await fetcher("/session/admit", {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(ticket),
      cache: "no-store",
      credentials: "omit",
    });
    if (!response.ok || !response.body) {
      return UNAVAILABLE;
    }
    return await readAnswer(response.body, progress);
  } catch (error) {
    console.warn("admission failed", error);
    return UNAVAILABLE;
  }
}

async function readAnswer(body: ReadableStream<Uint8Array>, progress: (state: Progress | Opening) => void): Promise<Outcome> {
  const reader = body.getReader();
  const lines = new LineReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) {
      return UNAVAILABLE;
    }
    for (const line of lines.push(value)) {
      const said = readLine(line);
      if (typeof said === "string" || said?.state === "opening") {
        progress(said);
      } else if (said) {
        await reader.cancel();
        return said;
      }
    }
  }
}
