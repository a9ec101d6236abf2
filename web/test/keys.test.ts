import assert from "node:assert/strict";
import { test } from "node:test";
import { EVDEV_CODES, evdevCode } from "../src/keys.ts";
import { MAX_EVDEV_CODE } from "../src/protocol.ts";

test("every code is in range and belongs to one key only", () => {
  const codes = Object.values(EVDEV_CODES);
  assert.equal(new Set(codes).size, codes.length);
  assert.ok(codes.every((code) => Number.isInteger(code) && code >= 1 && code <= MAX_EVDEV_CODE));
});

test("every key of the W3C's standard keyboards is there", () => {
  const letters = [..."ABCDEFGHIJKLMNOPQRSTUVWXYZ"].map((letter) => `Key${letter}`);
  const digits = [..."0123456789"].flatMap((digit) => [`Digit${digit}`, `Numpad${digit}`]);
  const functions = Array.from({ length: 24 }, (_, i) => `F${i + 1}`);
  const others = (
    "Backquote Backslash BracketLeft BracketRight Comma Equal IntlBackslash IntlRo IntlYen Minus Period Quote Semicolon Slash " +
    "AltLeft AltRight Backspace CapsLock ContextMenu ControlLeft ControlRight Enter MetaLeft MetaRight ShiftLeft ShiftRight Space Tab " +
    "Convert KanaMode Lang1 Lang2 Lang3 Lang4 Lang5 NonConvert " +
    "Delete End Help Home Insert PageDown PageUp ArrowDown ArrowLeft ArrowRight ArrowUp " +
    "NumLock NumpadAdd NumpadComma NumpadDecimal NumpadDivide NumpadEnter NumpadEqual NumpadMultiply NumpadSubtract " +
    "NumpadParenLeft NumpadParenRight Escape PrintScreen ScrollLock Pause " +
    "BrowserBack BrowserFavorites BrowserForward BrowserHome BrowserRefresh BrowserSearch BrowserStop Eject LaunchApp1 LaunchApp2 " +
    "LaunchMail MediaPlayPause MediaSelect MediaStop MediaTrackNext MediaTrackPrevious Power Sleep AudioVolumeDown AudioVolumeMute " +
    "AudioVolumeUp WakeUp Again Copy Cut Find Open Paste Props Select Undo"
  ).split(" ");
  for (const name of [...letters, ...digits, ...functions, ...others]) {
    assert.ok(evdevCode(name) !== undefined, name);
  }
});

test("codes are Linux's", () => {
  const known = { KeyA: 30, Enter: 28, Space: 57, ArrowUp: 103, F12: 88, AltRight: 100, IntlBackslash: 86, OSLeft: 125 };
  for (const [name, code] of Object.entries(known)) {
    assert.equal(evdevCode(name), code, name);
  }
  for (const unknown of ["", "Unidentified", "toString", "__proto__"]) {
    assert.equal(evdevCode(unknown), undefined, unknown);
  }
});
