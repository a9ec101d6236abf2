import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import {
  ClipboardAssembler,
  CredentialKind,
  decodeServerMessage,
  encodeClipboard,
  encodeClipboardPart,
  encodeDecoders,
  encodeEnd,
  encodeFrameAck,
  encodeHello,
  encodeInput,
  encodeLaunch,
  encodePing,
  encodeRefresh,
  encodeResize,
  encodeWindow,
  type Input,
  MAX_TEXT_BYTES,
  ProtocolError,
  textParts,
} from "../src/protocol.ts";

declare const GOLDEN_DIRECTORY: string;

// The golden file is made by the Rust crate; its fields have the crate's shapes.
type Json = any;
interface Golden {
  from: "browser" | "gateway";
  hex: string;
  fields: Json;
}

const golden = JSON.parse(readFileSync(join(GOLDEN_DIRECTORY, "messages.json"), "utf8")) as Record<string, Golden>;
const bytesOf = (hex: string) => Uint8Array.from(hex.match(/../g) ?? [], (byte) => parseInt(byte, 16));
const hexOf = (bytes: Uint8Array) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");

function encode(fields: Json): Uint8Array {
  if (fields === "End") {
    return encodeEnd();
  }
  if (fields.Hello) {
    const { credential, size } = fields.Hello;
    const page = { width: size.width, height: size.height, scalePercent: size.scale_percent };
    return credential.Grant !== undefined
      ? encodeHello(CredentialKind.grant, credential.Grant, page)
      : encodeHello(CredentialKind.resumeToken, credential.ResumeToken, page);
  }
  if (fields.Launch) {
    return encodeLaunch(fields.Launch.name);
  }
  const session = fields.Session;
  if (session === "Refresh") {
    return encodeRefresh();
  }
  if (session.FrameAck) {
    const { frame, received, decoded, presented } = session.FrameAck;
    return encodeFrameAck(frame, received, decoded, presented);
  }
  if (session.Clipboard) {
    const { first, last, text } = session.Clipboard;
    return encodeClipboardPart(first, last, text);
  }
  if (session.Decoders) {
    return encodeDecoders(session.Decoders.h264);
  }
  if (session.Resize) {
    return encodeResize({ ...session.Resize, scalePercent: session.Resize.scale_percent });
  }
  if (session.Window) {
    const actions = { Activate: 1, Minimise: 2, Close: 3 } as const;
    return encodeWindow(session.Window.id, actions[session.Window.action as keyof typeof actions]);
  }
  if (session.Ping) {
    return encodePing(session.Ping.nonce, session.Ping.time);
  }
  const { sequence, time, event } = session.Input;
  const types = { PointerMove: "move", PointerButton: "button", Wheel: "wheel", Key: "key", Text: "text" } as const;
  if (event === "ReleaseAll") {
    return encodeInput({ type: "releaseAll", time }, sequence);
  }
  const [name] = Object.keys(event) as (keyof typeof types)[];
  return encodeInput({ type: types[name!], time, ...event[name!] } as Input, sequence);
}

/** What the decoder should make of a message's fields in the crate's shapes. */
function expected(fields: Json): Json {
  if (fields.Ended) {
    const reasons = ["User", "TakenOver", "Instance", "Owner", "Time", "Protocol", "Credential", "ServerStopping", "Idle"];
    const { reason, message, redirect_url } = fields.Ended;
    return { type: "ended", reason: reasons.indexOf(reason) + 1, message, redirectUrl: redirect_url };
  }
  if (fields.Notice) {
    return { type: "notice", kind: ["Idle", "Time", "ClipboardTooLong"].indexOf(fields.Notice.kind) + 1, seconds: fields.Notice.seconds };
  }
  if (fields.Launching) {
    return { type: "launching", ...fields.Launching };
  }
  const agent = fields.Agent;
  if (agent.Windows) {
    return { type: "windows", windows: agent.Windows };
  }
  if (agent.Clipboard) {
    return { type: "clipboard", ...agent.Clipboard };
  }
  if (agent.Screen) {
    return { type: "screen", ...agent.Screen };
  }
  if (agent.Pong) {
    return { type: "pong", nonce: agent.Pong.nonce, time: agent.Pong.time, agentTime: agent.Pong.agent_time };
  }
  if (agent.Cursor) {
    const { width, height, hotspot_x, hotspot_y, rgba } = agent.Cursor;
    return { type: "cursor", width, height, hotspotX: hotspot_x, hotspotY: hotspot_y, rgba: bytesOf(rgba) };
  }
  if (agent.Application) {
    const { id, phase, status, message } = agent.Application;
    return { type: "application", id, state: ["Started", "Exited", "Failed"].indexOf(phase) + 1, status, message };
  }
  const { header, operations } = agent.Frame;
  return {
    type: "frame",
    frame: header.frame,
    last: header.last_part,
    whole: header.whole_picture,
    inputSequence: header.input_sequence,
    inputTime: header.input_time,
    injected: header.injected,
    damaged: header.damaged,
    captured: header.captured,
    encoded: header.encoded,
    operations: operations.map((operation: Json) => {
      switch (operation.kind) {
        case "Copy":
          return { kind: "copy", sourceX: operation.source_x, sourceY: operation.source_y, ...operation.to };
        case "Fill": {
          const [red, green, blue] = operation.colour;
          return { kind: "fill", ...operation.to, red, green, blue };
        }
        case "Video":
          return { kind: "video", ...operation.to, begins: operation.begins, data: bytesOf(operation.data) };
        case "EndVideo":
          return { kind: "endVideo", ...operation.to };
        default:
          return { kind: "tile", ...operation.to, codec: operation.codec, data: bytesOf(operation.data) };
      }
    }),
  };
}

test("there is a golden message of every kind", () => {
  assert.ok(Object.keys(golden).length >= 21);
});

for (const [name, { from, hex, fields }] of Object.entries(golden)) {
  if (from === "browser") {
    test(`${name} is encoded as the Rust crate encodes it`, () => {
      assert.equal(hexOf(encode(fields)), hex);
    });
  } else if (fields.Welcome === undefined) {
    test(`${name} is decoded as the Rust crate encodes it`, () => {
      assert.deepEqual(decodeServerMessage(bytesOf(hex)), expected(fields));
    });
    test(`${name} is refused when it is cut short or has bytes left over`, () => {
      const bytes = bytesOf(hex);
      for (let length = 0; length < bytes.length; length++) {
        assert.throws(() => decodeServerMessage(bytes.subarray(0, length)), ProtocolError);
      }
      assert.throws(() => decodeServerMessage(Uint8Array.from([...bytes, 0])), ProtocolError);
    });
  }
}

function welcome(json: string): Uint8Array {
  const text = new TextEncoder().encode(json);
  return Uint8Array.from([0x81, text.length & 255, text.length >> 8, ...text]);
}

test("a text goes in parts that fit", () => {
  assert.deepEqual(textParts("a\r\nb\rc\x1b\x7f\u0085\td"), ["a\nb\nc\td"]);
  assert.deepEqual(textParts(""), []);
  const long = "ä€😀".repeat(500);
  const parts = textParts(long);
  assert.equal(parts.join(""), long);
  assert.ok(parts.every((part) => new TextEncoder().encode(part).length <= MAX_TEXT_BYTES));
});

test("a copied text goes in parts and comes together again", () => {
  for (const text of ["", "a", "€".repeat(50_000), "x".repeat(65_536)]) {
    const messages = [...encodeClipboard(text)];
    const assembler = new ClipboardAssembler();
    let got: string | undefined;
    for (const message of messages) {
      assert.equal(got, undefined);
      assert.ok(message.length <= 32 * 1024 + 4);
      // The agent's parts have the same fields.
      const part = decodeServerMessage(Uint8Array.from([0x8a, ...message.subarray(1)]));
      got = part.type === "clipboard" ? assembler.push(part) : undefined;
    }
    assert.equal(got, text);
  }
});

test("Welcome tells the session", () => {
  const json = {
    resume_token: "t",
    stack: "Büro",
    applications: [{ name: "editor", display_name: "Text Editor", icon: "/icons/0.png" }],
    started: { "4097": "editor" },
    feedback_url: null,
    view: "desktop",
    not_yet: ["FILE_UPLOAD"],
    clipboard: { from_local: 20, to_local: null },
  };
  assert.deepEqual(decodeServerMessage(welcome(JSON.stringify(json))), {
    type: "welcome",
    clipboard: { fromLocal: 20, toLocal: undefined },
    resumeToken: "t",
    stack: "Büro",
    applications: [{ name: "editor", displayName: "Text Editor", icon: "/icons/0.png" }],
    started: new Map([[4097, "editor"]]),
    feedbackUrl: "",
    view: "desktop",
    notYet: ["FILE_UPLOAD"],
  });
  for (const bad of ["", "[]", "null", "{}", '{"stack":1}', JSON.stringify({ ...json, started: [1] })]) {
    assert.throws(() => decodeServerMessage(welcome(bad)), ProtocolError, bad);
  }
  assert.throws(() => decodeServerMessage(Uint8Array.from([0x81, 1, 0, 0xff])), ProtocolError);
});

test("values out of range are refused", () => {
  const bad = {
    "an empty message": "",
    "an unknown type": "7f",
    "a message that only goes to the gateway": "50",
    "AgentReady": "890000" + "0100" + "0100",
    "a screen without width": "82" + "0000" + "0100",
    "a screen that is too large": "82" + "ffff" + "ffff",
    "an unknown end": "88" + "0a" + "0000" + "0000",
    "an unknown application state": "87" + "01000000" + "04" + "00000000" + "0000",
    "a cursor that is too large": "84" + "8100" + "0100" + "0000" + "0000" + "00".repeat(0x81 * 4),
    "a hotspot outside its cursor": "84" + "0100" + "0100" + "0200" + "0000" + "00".repeat(4),
  };
  for (const [what, hex] of Object.entries(bad)) {
    assert.throws(() => decodeServerMessage(bytesOf(hex)), ProtocolError, what);
  }
  const head = "83" + "01000000" + "01" + "00000000" + "00".repeat(40) + "0100";
  const operations = {
    "an unknown kind": "04",
    "a tile that is too wide": "03" + "0000" + "0000" + "0101" + "0100" + "01" + "00000000",
    "a tile without height": "03" + "0000" + "0000" + "0100" + "0000" + "01" + "00000000",
    "an unknown codec": "03" + "0000" + "0000" + "0100" + "0100" + "04" + "00000000",
    "a tile longer than its message": "03" + "0000" + "0000" + "0100" + "0100" + "01" + "ffffffff",
  };
  for (const [what, hex] of Object.entries(operations)) {
    assert.throws(() => decodeServerMessage(bytesOf(head + hex)), ProtocolError, what);
  }
});
