import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

declare const STYLE_SHEET: string;

/** WCAG 2.1: 1.4.3 for text of any size here, 1.4.11 for what tells a control from its surroundings. */
const TEXT = 4.5;
const CONTROL = 3;

type Colour = readonly [red: number, green: number, blue: number];
type Theme = ReadonlyMap<string, string>;

const style = readFileSync(STYLE_SHEET, "utf8").replaceAll(/\/\*[\s\S]*?\*\//g, "");

function variables(block: string): [string, string][] {
  return [...block.matchAll(/--([\w-]+):\s*([^;]+);/g)].map(([, name, value]) => [name!, value!.trim()]);
}

const [light, dark] = [...style.matchAll(/:root\s*\{([^}]*)\}/g)].map(([, block]) => variables(block!));
const THEMES: [string, Theme][] = [
  ["light", new Map(light)],
  ["dark", new Map([...light!, ...dark!])],
];

/** What `value` looks like over `under`; undefined for what is no plain colour (a gradient, a picture). */
function colour(value: string, theme: Theme, under: Colour): Colour | undefined {
  const variable = /^var\(--([\w-]+)\)$/.exec(value);
  if (variable) {
    return colour(theme.get(variable[1]!) ?? "", theme, under);
  }
  const mix = /^color-mix\(in srgb, (var\([^)]*\)) (\d+)%, (var\([^)]*\)|transparent)\)$/.exec(value);
  if (mix) {
    const share = Number(mix[2]) / 100;
    const first = colour(mix[1]!, theme, under)!;
    const second = mix[3] === "transparent" ? under : colour(mix[3]!, theme, under)!;
    return first.map((part, index) => part * share + second[index]! * (1 - share)) as unknown as Colour;
  }
  const hex = /^#([0-9a-f]{6})$/.exec(value);
  return hex ? ([0, 2, 4].map((at) => parseInt(hex[1]!.slice(at, at + 2), 16)) as unknown as Colour) : undefined;
}

function luminance(of: Colour): number {
  const [red, green, blue] = of.map((part) => (part / 255 <= 0.04045 ? part / 255 / 12.92 : ((part / 255 + 0.055) / 1.055) ** 2.4));
  return 0.2126 * red! + 0.7152 * green! + 0.0722 * blue!;
}

function contrast(a: Colour, b: Colour): number {
  const [darker, lighter] = [luminance(a), luminance(b)].sort((one, other) => one - other);
  return (lighter! + 0.05) / (darker! + 0.05);
}

const BLACK: Colour = [0, 0, 0];
const WHITE: Colour = [255, 255, 255];

/** Of the same element while it is neither hovered over nor pressed. */
const plain = (selector: string) => selector.replaceAll(/:[\w-]+(\([^)]*\))?|\[[^\]]*\]/g, "");

/** Every rule: its selector, the text's colour and the ground's. */
const RULES = [...style.matchAll(/([^{}]+)\{([^{}]*)\}/g)].map(([, selector, block]) => {
  const of = (property: string) => new RegExp(`(?:^|[;\\s])${property}:\\s*([^;]+);`).exec(block!)?.[1]?.trim();
  return { selector: selector!.trim(), ink: of("color"), ground: of("background") ?? of("background-color") };
});

test("the contrast is computed as WCAG has it", () => {
  assert.equal(contrast(BLACK, WHITE), 21);
  assert.equal(contrast([118, 118, 118], WHITE).toFixed(2), "4.54");
});

for (const [name, theme] of THEMES) {
  const named = (variable: string) => colour(`var(--${variable})`, theme, BLACK)!;
  const grounds = ["ground", "ground-far", "surface"].map(named);

  test(`${name}: every text can be read on what it stands on`, () => {
    let checked = 0;
    for (const { selector, ink, ground } of RULES) {
      // What is see-through may lie over any picture, or over the card; what has no ground of its own lies on the page or a card.
      const unders = /transparent/.test(ground ?? "") && /surface/.test(ground ?? "") ? [BLACK, WHITE] : grounds;
      const backs = ground ? unders.map((under) => colour(ground, theme, under)) : grounds;
      const inherited = RULES.find((rule) => rule.ink && rule.selector.split(",").some((one) => one.trim() === plain(selector)))?.ink ?? "var(--ink)";
      const texts = ink ? [ink] : ground && /surface|color-mix/.test(ground) ? [inherited] : [];
      for (const text of texts) {
        for (const back of backs) {
          const front = colour(text, theme, back ?? BLACK);
          if (front && back) {
            checked += 1;
            assert.ok(contrast(front, back) >= TEXT, `${selector}: ${text} on ${ground ?? "the page"} has ${contrast(front, back).toFixed(2)}`);
          }
        }
      }
    }
    assert.ok(checked > 40, `${checked} pairs were found`);
  });

  test(`${name}: what is chosen or has the focus is told from the rest`, () => {
    for (const ground of grounds) {
      assert.ok(contrast(named("accent"), ground) >= CONTROL);
    }
    // Buttons keep their colour while the pointer is on them.
    const hovered = RULES.find(({ selector, ground }) => selector.startsWith("button:hover") && ground)!.ground!;
    assert.ok(contrast(named("danger"), colour(hovered, theme, named("surface"))!) >= TEXT);
  });
}
