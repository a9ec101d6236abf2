import assert from "node:assert/strict";
import { test } from "node:test";
import { Desk, LAUNCH_PATIENCE_MS } from "../src/desk.ts";
import type { RemoteWindow } from "../src/protocol.ts";

const APPLICATIONS = [
  { name: "editor", displayName: "Text Editor", icon: "/icons/1.png" },
  { name: "calculator", displayName: "Calculator", icon: "" },
];
const window = (id: number, application: number, title = ""): RemoteWindow => ({ id, application, active: true, minimised: false, title });
const exited = (id: number) => ({ type: "application", id, state: 2, status: 0, message: "" }) as const;

function desk(started: [number, string][] = [], view: "applications" | "desktop" = "applications"): Desk {
  const made = new Desk();
  made.welcome(view, APPLICATIONS, new Map(started), 0);
  return made;
}

test("the catalogue is offered when nothing is open", () => {
  const empty = desk();
  assert.equal(empty.offers(0), false, "the windows are not known yet");
  empty.setWindows([]);
  assert.equal(empty.offers(0), true);
  empty.launching(1, "editor", 100);
  assert.equal(empty.offers(100), false, "something is on its way");
  empty.setWindows([window(9, 1)]);
  assert.equal(empty.offers(200), false);
  empty.setWindows([]);
  assert.equal(empty.offers(200), true, "its last window was closed");
});

test("what shows nothing is not waited for for ever", () => {
  const started = desk([[1, "editor"]]);
  started.setWindows([]);
  assert.equal(started.waits(1), LAUNCH_PATIENCE_MS - 1);
  assert.equal(started.offers(1), false);
  assert.equal(started.offers(LAUNCH_PATIENCE_MS), true);
  const ended = desk([[1, "editor"]]);
  ended.setWindows([]);
  ended.application(exited(1));
  assert.equal(ended.offers(1), true);
});

test("a desktop offers nothing by itself", () => {
  const empty = desk([], "desktop");
  empty.setWindows([]);
  assert.equal(empty.offers(0), false);
});

test("windows know their application", () => {
  const open = desk([[1, "editor"]]);
  open.launching(2, "calculator", 0);
  open.setWindows([window(7, 1, "note.txt"), window(8, 2), window(9, 0), window(10, 77, "x")]);
  assert.deepEqual(open.windows.map((one) => open.titleOf(one, "?")), ["note.txt", "Calculator", "?", "x"]);
  assert.deepEqual(open.open(), new Set(["editor", "calculator"]));
  assert.equal(open.startedAs(1)?.icon, "/icons/1.png");
});
