import assert from "node:assert/strict";
import { test } from "node:test";
import { evdevCode } from "../src/keys.ts";
import { type Stroke, Typing, type Typed } from "../src/typing.ts";

type Held = Partial<Pick<Stroke, "control" | "alt" | "meta" | "altGraph">>;

/** Inputs in few words: "+KeyH" pressed, "-KeyH" let go, "'é'" text. */
function words(typed: Typed[] | undefined): string {
  const names = new Map(NAMES.map((name) => [evdevCode(name), name]));
  return (typed ?? [{ type: "text", text: "(browser's)" } as const])
    .map((one) => (one.type === "text" ? `'${one.text}'` : `${one.pressed ? "+" : "-"}${names.get(one.code) ?? one.code}`))
    .join(" ");
}

const NAMES = [
  ..."ABCDEFGHIJKLMNOPQRSTUVWXYZ".replace(/./g, "Key$& ").trim().split(" "),
  ..."0123456789".replace(/./g, "Digit$& Numpad$& ").trim().split(" "),
  ..."ShiftLeft ShiftRight ControlLeft AltLeft AltRight MetaLeft Minus Equal BracketLeft BracketRight Backslash Semicolon Quote".split(" "),
  ..."Backquote Comma Period Slash Space Enter Tab ArrowLeft F5 NumpadAdd NumpadDecimal NumpadEnter Backspace".split(" "),
];

const stroke = (key: string, code: string, held: Held = {}, repeat = false): Stroke => ({
  key,
  code,
  control: false,
  alt: false,
  meta: false,
  altGraph: false,
  repeat,
  ...held,
});

/** A keyboard on which keys are pressed and let go. */
class Keyboard {
  readonly said: string[] = [];
  constructor(readonly typing = new Typing()) {}

  press(key: string, code: string, held?: Held, repeat?: boolean): this {
    this.say(words(this.typing.press(stroke(key, code, held, repeat))));
    return this;
  }

  release(key: string, code: string): this {
    this.say(words(this.typing.release({ key, code })));
    return this;
  }

  tap(key: string, code: string, held?: Held): this {
    return this.press(key, code, held).release(key, code);
  }

  private say(said: string): void {
    if (said) {
      this.said.push(said);
    }
  }

  get all(): string {
    return this.said.join(" ");
  }
}

test("what the US layout makes by itself goes as it is", () => {
  const keyboard = new Keyboard().tap("a", "KeyA").press("Shift", "ShiftLeft").tap("A", "KeyA").tap("!", "Digit1");
  keyboard.release("Shift", "ShiftLeft").tap("Enter", "Enter").tap("ArrowLeft", "ArrowLeft").tap("F5", "F5").tap(" ", "Space");
  assert.equal(
    keyboard.all,
    "+KeyA -KeyA +ShiftLeft +KeyA -KeyA +Digit1 -Digit1 -ShiftLeft +Enter -Enter +ArrowLeft -ArrowLeft +F5 -F5 +Space -Space",
  );
});

test("Shift is lent where the user holds none, until the key goes up or another goes down", () => {
  assert.equal(new Keyboard().tap("H", "KeyH").all, "+ShiftLeft +KeyH -KeyH -ShiftLeft");
  assert.equal(new Keyboard().tap("(", "Digit9").tap("1", "Digit1").all, "+ShiftLeft +Digit9 -Digit9 -ShiftLeft +Digit1 -Digit1");
  const rolled = new Keyboard().press("H", "KeyH").press("i", "KeyI").release("H", "KeyH").release("i", "KeyI");
  assert.equal(rolled.all, "+ShiftLeft +KeyH -ShiftLeft +KeyI -KeyH -KeyI");
});

test("Shift that is held is lifted where it would make another character", () => {
  // Caps Lock with Shift; and the German "/", which is Shift+7.
  const keyboard = new Keyboard().press("Shift", "ShiftLeft").tap("a", "KeyA").tap("/", "Digit7").release("Shift", "ShiftLeft");
  assert.equal(
    keyboard.all,
    "+ShiftLeft -ShiftLeft +KeyA -KeyA +ShiftLeft -ShiftLeft +Slash -Slash +ShiftLeft -ShiftLeft",
  );
  // Let go while it is lifted, it is up already.
  const early = new Keyboard().press("Shift", "ShiftRight").press("/", "Digit7").release("Shift", "ShiftRight").release("/", "Digit7");
  assert.equal(early.all, "+ShiftRight -ShiftRight +Slash -Slash");
});

test("locks and dead keys are not sent", () => {
  for (const key of ["CapsLock", "NumLock", "AltGraph", "Dead", "Process", "Unidentified", "Compose"]) {
    assert.equal(new Keyboard().tap(key, "KeyA").all, "'(browser's)' '(browser's)'", key);
  }
});

test("held keys repeat as the browser repeats them", () => {
  const keyboard = new Keyboard().press("a", "KeyA").press("a", "KeyA", {}, true).press("a", "KeyA", {}, true).release("a", "KeyA");
  assert.equal(keyboard.all, "+KeyA +KeyA +KeyA -KeyA");
  // Modifiers and locks do nothing more by being held.
  assert.equal(new Keyboard().press("Shift", "ShiftLeft").press("Shift", "ShiftLeft", {}, true).all, "+ShiftLeft");
  assert.equal(new Keyboard().press("ScrollLock", "ScrollLock").press("ScrollLock", "ScrollLock", {}, true).all, "+70");
  // Shift that was lent stays lent, and is lent again if another key gave it back.
  assert.equal(new Keyboard().press("H", "KeyH").press("H", "KeyH", {}, true).release("H", "KeyH").all, "+ShiftLeft +KeyH +KeyH -KeyH -ShiftLeft");
  const after = new Keyboard().press("H", "KeyH").tap("i", "KeyI").press("H", "KeyH", {}, true).release("H", "KeyH");
  assert.equal(after.all, "+ShiftLeft +KeyH -ShiftLeft +KeyI -KeyI +ShiftLeft +KeyH -KeyH -ShiftLeft");
  // Shift that is lifted is not lifted twice.
  const lifted = new Keyboard().press("Shift", "ShiftLeft").press("/", "Digit7").press("/", "Digit7", {}, true).release("/", "Digit7");
  assert.equal(lifted.all, "+ShiftLeft -ShiftLeft +Slash +Slash -Slash +ShiftLeft");
  assert.equal(new Keyboard().press("é", "Digit2").press("é", "Digit2", {}, true).release("é", "Digit2").all, "'é' 'é'");
  // A repeat whose press was not seen, before the page had the keyboard, is none.
  assert.equal(new Keyboard().press("a", "KeyA", {}, true).all, "");
});

test("keyboards on a screen send no code", () => {
  assert.equal(new Keyboard().tap("a", "").tap("?", "").tap("Enter", "").tap("Shift", "").tap("你", "").all, [
    "+KeyA -KeyA +ShiftLeft +Slash -Slash -ShiftLeft +Enter -Enter +ShiftLeft -ShiftLeft '你'",
  ].join(" "));
});

test("the number pad's digits are digits, and its arrows arrows", () => {
  const keyboard = new Keyboard().tap("7", "Numpad7").tap("Home", "Numpad7").tap("+", "NumpadAdd").tap(",", "NumpadDecimal");
  assert.equal(keyboard.all, "+Digit7 -Digit7 +Numpad7 -Numpad7 +NumpadAdd -NumpadAdd +Comma -Comma");
});

test("two keys that are one there do not stick", () => {
  const keyboard = new Keyboard().press("1", "Digit1").press("1", "Numpad1").release("1", "Digit1").release("1", "Numpad1");
  assert.equal(keyboard.all, "+Digit1 -Digit1 +Digit1 '(browser's)' -Digit1");
});

interface Row {
  layout: string;
  key: string;
  code: string;
  /** Modifiers that the user holds, pressed before. */
  with?: "Shift" | "AltGr" | "WindowsAltGr" | "Control" | "ControlShift" | "Alt" | "Meta";
  sent: string;
}

const TABLE: Row[] = [
  { layout: "US", key: "z", code: "KeyZ", sent: "+KeyZ -KeyZ" },
  { layout: "US", key: "~", code: "Backquote", with: "Shift", sent: "+Backquote -Backquote" },
  { layout: "US", key: "s", code: "KeyS", with: "Control", sent: "+KeyS -KeyS" },
  { layout: "US", key: "+", code: "Equal", with: "ControlShift", sent: "+Equal -Equal" },
  { layout: "US", key: "f", code: "KeyF", with: "Alt", sent: "+KeyF -KeyF" },
  { layout: "UK", key: '"', code: "Digit2", with: "Shift", sent: "+Quote -Quote" },
  { layout: "UK", key: "@", code: "Quote", with: "Shift", sent: "+Digit2 -Digit2" },
  { layout: "UK", key: "£", code: "Digit3", with: "Shift", sent: "'£'" },
  { layout: "UK", key: "#", code: "Backslash", sent: "+ShiftLeft +Digit3 -Digit3 -ShiftLeft" },
  { layout: "UK", key: "\\", code: "IntlBackslash", sent: "+Backslash -Backslash" },
  { layout: "UK", key: "€", code: "Digit4", with: "AltGr", sent: "'€'" },
  { layout: "German", key: "z", code: "KeyY", sent: "+KeyZ -KeyZ" },
  { layout: "German", key: "Z", code: "KeyY", with: "Shift", sent: "+KeyZ -KeyZ" },
  { layout: "German", key: "ß", code: "Minus", sent: "'ß'" },
  { layout: "German", key: "?", code: "Minus", with: "Shift", sent: "+Slash -Slash" },
  { layout: "German", key: "@", code: "KeyQ", with: "AltGr", sent: "+ShiftLeft +Digit2 -Digit2 -ShiftLeft" },
  { layout: "German", key: "@", code: "KeyQ", with: "WindowsAltGr", sent: "-ControlLeft +ShiftLeft +Digit2 -Digit2 +ControlLeft -ShiftLeft" },
  { layout: "German", key: "{", code: "Digit7", with: "AltGr", sent: "+ShiftLeft +BracketLeft -BracketLeft -ShiftLeft" },
  { layout: "German", key: "-", code: "Slash", sent: "+Minus -Minus" },
  { layout: "German", key: "z", code: "KeyY", with: "Control", sent: "+KeyZ -KeyZ" },
  { layout: "German", key: "Z", code: "KeyY", with: "ControlShift", sent: "+KeyZ -KeyZ" },
  { layout: "German", key: "+", code: "BracketRight", with: "Control", sent: "+ShiftLeft +Equal -Equal -ShiftLeft" },
  { layout: "German", key: "-", code: "Slash", with: "Control", sent: "+Minus -Minus" },
  { layout: "German", key: "/", code: "Digit7", with: "ControlShift", sent: "-ShiftLeft +Slash -Slash +ShiftLeft" },
  { layout: "German", key: "ü", code: "BracketLeft", with: "Control", sent: "+BracketLeft -BracketLeft" },
  { layout: "Swiss", key: "ü", code: "BracketLeft", sent: "'ü'" },
  { layout: "Swiss", key: "è", code: "BracketLeft", with: "Shift", sent: "'è'" },
  { layout: "Swiss", key: "$", code: "Backslash", sent: "+ShiftLeft +Digit4 -Digit4 -ShiftLeft" },
  { layout: "Swiss", key: "+", code: "Digit1", with: "Shift", sent: "+Equal -Equal" },
  { layout: "Swiss", key: "#", code: "Digit3", with: "AltGr", sent: "+ShiftLeft +Digit3 -Digit3 -ShiftLeft" },
  { layout: "French", key: "a", code: "KeyQ", sent: "+KeyA -KeyA" },
  { layout: "French", key: "a", code: "KeyQ", with: "Control", sent: "+KeyA -KeyA" },
  { layout: "French", key: "é", code: "Digit2", sent: "'é'" },
  { layout: "French", key: "2", code: "Digit2", with: "Shift", sent: "-ShiftLeft +Digit2 -Digit2 +ShiftLeft" },
  { layout: "French", key: "&", code: "Digit1", sent: "+ShiftLeft +Digit7 -Digit7 -ShiftLeft" },
  { layout: "French", key: "&", code: "Digit1", with: "Control", sent: "+Digit1 -Digit1" },
  { layout: "French", key: "ê", code: "KeyE", sent: "'ê'" },
  { layout: "Spanish", key: "ñ", code: "Semicolon", sent: "'ñ'" },
  { layout: "Spanish", key: "¿", code: "Equal", with: "Shift", sent: "'¿'" },
  { layout: "Spanish", key: "á", code: "KeyA", sent: "'á'" },
  { layout: "Spanish", key: "[", code: "BracketLeft", with: "AltGr", sent: "+BracketLeft -BracketLeft" },
  { layout: "Russian", key: "с", code: "KeyC", with: "Control", sent: "+KeyC -KeyC" },
  { layout: "any", key: "ArrowLeft", code: "ArrowLeft", with: "ControlShift", sent: "+ArrowLeft -ArrowLeft" },
  { layout: "any", key: "Tab", code: "Tab", with: "Alt", sent: "+Tab -Tab" },
  { layout: "any", key: "l", code: "KeyL", with: "Meta", sent: "+KeyL -KeyL" },
];

const HOLD: Record<NonNullable<Row["with"]>, { keys: [string, string][]; held: Held }> = {
  Shift: { keys: [["Shift", "ShiftLeft"]], held: {} },
  AltGr: { keys: [["AltGraph", "AltRight"]], held: { altGraph: true } },
  // Windows tells AltGr as Control and Alt.
  WindowsAltGr: {
    keys: [
      ["Control", "ControlLeft"],
      ["AltGraph", "AltRight"],
    ],
    held: { control: true, alt: true, altGraph: true },
  },
  Control: { keys: [["Control", "ControlLeft"]], held: { control: true } },
  ControlShift: {
    keys: [
      ["Control", "ControlLeft"],
      ["Shift", "ShiftLeft"],
    ],
    held: { control: true },
  },
  Alt: { keys: [["Alt", "AltLeft"]], held: { alt: true } },
  Meta: { keys: [["Meta", "MetaLeft"]], held: { meta: true } },
};

for (const row of TABLE) {
  test(`${row.layout}: ${row.with ? `${row.with}+` : ""}${row.code} is ${row.key}`, () => {
    const keyboard = new Keyboard();
    const { keys, held } = row.with ? HOLD[row.with] : { keys: [], held: {} };
    for (const [key, code] of keys) {
      keyboard.press(key, code, held);
    }
    keyboard.said.length = 0;
    keyboard.tap(row.key, row.code, held);
    assert.equal(keyboard.all.trim(), row.sent);
    for (const [key, code] of keys) {
      keyboard.release(key, code);
    }
    assert.equal(keyboard.typing.holds, false);
  });
}

test("on a Mac, Option makes characters", () => {
  const keyboard = new Keyboard(new Typing(true)).press("Alt", "AltLeft", { alt: true });
  keyboard.tap("@", "KeyL", { alt: true }).release("Alt", "AltLeft");
  assert.equal(keyboard.all, "+AltLeft -AltLeft +ShiftLeft +Digit2 -Digit2 +AltLeft -ShiftLeft -AltLeft");
});

test("whatever is pressed is let go in the end", () => {
  const keys = ["a", "A", "/", "?", "é", "Shift", "Control", "Alt", "AltGraph", "Enter", "1", "!", "Dead"];
  const codes = ["KeyA", "KeyB", "Digit1", "Digit7", "ShiftLeft", "ShiftRight", "ControlLeft", "AltLeft", "AltRight", "Enter", "Numpad1"];
  let seed = 1;
  const pick = <T>(from: readonly T[]): T => from[(seed = (seed * 48271) % 0x7fffffff) % from.length]!;
  for (let round = 0; round < 300; round++) {
    const typing = new Typing(pick([false, true]));
    const down = new Set<number>();
    const apply = (typed: Typed[] | undefined) => {
      for (const one of typed ?? []) {
        if (one.type === "key") {
          assert.ok(one.pressed || down.has(one.code), "let go twice");
          if (one.pressed) {
            down.add(one.code);
          } else {
            down.delete(one.code);
          }
        }
      }
    };
    for (let step = 0; step < 30; step++) {
      const [key, code] = [pick(keys), pick(codes)];
      if (pick([true, false])) {
        const held = { control: pick([true, false]), alt: pick([true, false]), altGraph: pick([true, false]) };
        apply(typing.press(stroke(key, code, held, pick([false, false, true]))));
      } else {
        apply(typing.release({ key, code }));
      }
    }
    for (const code of codes) {
      apply(typing.release({ key: "", code }));
    }
    assert.deepEqual([...down], [], `round ${round}`);
  }
});
