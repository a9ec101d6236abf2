// How like what was drawn is what a viewer sees: SSIM over luma, in windows of 8 × 8 pixels every 4 (Wang et al. 2004, as video tools take it).
import { spawn } from "node:child_process";

const SIDE = 8;
const STEP = 4;
const [C1, C2] = [(0.01 * 255) ** 2, (0.03 * 255) ** 2];

export function ssim(a, b, width, height) {
  let [total, count] = [0, 0];
  for (let top = 0; top + SIDE <= height; top += STEP) {
    for (let left = 0; left + SIDE <= width; left += STEP) {
      let [sumA, sumB, squareA, squareB, product] = [0, 0, 0, 0, 0];
      for (let y = top; y < top + SIDE; y++) {
        for (let i = y * width + left; i < y * width + left + SIDE; i++) {
          const [p, q] = [a[i], b[i]];
          sumA += p;
          sumB += q;
          squareA += p * p;
          squareB += q * q;
          product += p * q;
        }
      }
      const n = SIDE * SIDE;
      const [meanA, meanB] = [sumA / n, sumB / n];
      const spread = squareA / n - meanA ** 2 + (squareB / n - meanB ** 2);
      const common = product / n - meanA * meanB;
      total += ((2 * meanA * meanB + C1) * (2 * common + C2)) / ((meanA ** 2 + meanB ** 2 + C1) * (spread + C2));
      count++;
    }
  }
  return total / count;
}

/** Compares pictures (of `millraceBench`) with what the application drew at their steps. Gives SSIM, where there is luma, and whether each is exact. */
export async function compare({ program, scene, width, height }, pictures) {
  const sorted = [...pictures].sort((a, b) => a.step - b.step);
  const steps = [...new Set(sorted.map(({ step }) => step))];
  const drawn = spawn(program, ["--dump", scene, "--steps", steps.join(","), "--width", String(width), "--height", String(height)], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const results = [];
  const size = width * height * 4;
  let waiting = Buffer.alloc(0);
  let index = 0;
  for await (const chunk of drawn.stdout) {
    waiting = Buffer.concat([waiting, chunk]);
    for (; waiting.length >= size; waiting = waiting.subarray(size)) {
      const { luma, hash } = look(waiting.subarray(0, size));
      for (const picture of sorted.filter(({ step }) => step === steps[index])) {
        const likeness = picture.luma === undefined ? undefined : ssim(luma, Buffer.from(picture.luma, "base64"), width, height);
        results.push({ ssim: likeness, exact: hash === picture.hash });
      }
      index++;
    }
  }
  if (results.length !== pictures.length) throw new Error(`${program} drew ${index} of ${steps.length} pictures`);
  return results;
}

function look(bytes) {
  const luma = new Uint8Array(bytes.length / 4);
  let hash = 0x811c9dc5;
  for (let i = 0, j = 0; i < luma.length; i++, j += 4) {
    const [blue, green, red] = [bytes[j], bytes[j + 1], bytes[j + 2]];
    luma[i] = (red * 54 + green * 183 + blue * 19 + 128) >> 8;
    hash = Math.imul(hash ^ ((red << 16) | (green << 8) | blue), 0x01000193) >>> 0;
  }
  return { luma, hash };
}
