/** Welcome: what the session is, as JSON. */
import { ProtocolError } from "./bounds.ts";

export interface CatalogueApplication {
  name: string;
  displayName: string;
  /** The address of its icon, or nothing. */
  icon: string;
}

export type SessionView = "applications" | "desktop";

/** The longest texts that may be copied, in characters (code points); undefined: not allowed. */
export interface ClipboardRules {
  fromLocal: number | undefined;
  toLocal: number | undefined;
}

export interface Welcome {
  type: "welcome";
  clipboard: ClipboardRules;
  resumeToken: string;
  stack: string;
  applications: CatalogueApplication[];
  /** Application ids of the agent to names of the catalogue. */
  started: Map<number, string>;
  feedbackUrl: string;
  view: SessionView;
  /** What the stack allows and the server cannot do yet, by AppStream's names. */
  notYet: string[];
}

export function decodeWelcome(json: string): Welcome {
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch (cause) {
    throw new ProtocolError("Welcome is not JSON", { cause });
  }
  const body = object(value);
  const applications = array(body["applications"]).map((item) => {
    const application = object(item);
    const icon = application["icon"] == null ? "" : text(application["icon"]);
    return { name: text(application["name"]), displayName: text(application["display_name"]), icon };
  });
  const started = new Map<number, string>();
  for (const [id, name] of Object.entries(object(body["started"]))) {
    started.set(Number(id), text(name));
  }
  const clipboard = body["clipboard"] == null ? {} : object(body["clipboard"]);
  return {
    type: "welcome",
    clipboard: { fromLocal: length(clipboard["from_local"]), toLocal: length(clipboard["to_local"]) },
    resumeToken: text(body["resume_token"]),
    stack: text(body["stack"]),
    applications,
    started,
    feedbackUrl: body["feedback_url"] == null ? "" : text(body["feedback_url"]),
    view: body["view"] === "desktop" ? "desktop" : "applications",
    notYet: body["not_yet"] == null ? [] : array(body["not_yet"]).map(text),
  };
}

function object(value: unknown): Record<string, unknown> {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new ProtocolError("Welcome has another shape");
  }
  return value as Record<string, unknown>;
}

function array(value: unknown): unknown[] {
  if (!Array.isArray(value)) {
    throw new ProtocolError("Welcome has another shape");
  }
  return value;
}

function length(value: unknown): number | undefined {
  if (value == null) {
    return undefined;
  }
  if (typeof value !== "number") {
    throw new ProtocolError("Welcome has another shape");
  }
  return value;
}

function text(value: unknown): string {
  if (typeof value !== "string") {
    throw new ProtocolError("Welcome has another shape");
  }
  return value;
}
