/** When to try again after the stream was lost. Pure: time and chance are passed in. */

const DELAYS_MS = [0, 300, 700, 1_500, 3_000, 6_000] as const;
const LONGEST_DELAY_MS = 10_000;

/** After this the user is asked. A stack's own disconnect time-out may end the session sooner; the gateway then says so. */
export const GIVE_UP_AFTER_MS = 10 * 60_000;

export type NextAttempt = { type: "wait"; ms: number } | { type: "giveUp" };

/**
 * What comes after `failures` failed attempts (0: the stream was lost just now), `elapsedMs` after it was lost. `chance` in 0..1 spreads the
 * attempts of many pages that lost the same server.
 */
export function nextAttempt(failures: number, elapsedMs: number, chance: number): NextAttempt {
  if (elapsedMs >= GIVE_UP_AFTER_MS) {
    return { type: "giveUp" };
  }
  const delay = DELAYS_MS[failures] ?? LONGEST_DELAY_MS;
  return { type: "wait", ms: Math.round(delay * (0.75 + 0.5 * chance)) };
}
