// What an idle instance costs: the memory that it shares with no other, in MiB, of each instance of a fleet.
//
//   node tests/bench/memory.mjs --stack S --fleet F --data DIRECTORY --instances 20
//
// with the SDK's environment. The fleet must be idle, and have no applications started ahead. A page of a file that all instances map (a program, a library) counts
// for none of them, as long as there is more than one; what only the processes of one instance share (the screen, shared memory) counts for it once.
import { options, print, say, statistics, Target, until } from "./common.mjs";
import { instances, unsharedMebibytes } from "./host.mjs";

const given = options({ stack: undefined, fleet: undefined, data: undefined, instances: 20 });
if (given.instances < 2) throw new Error("two instances are needed to tell what is shared");
const target = new Target(given);

/** The memory of each instance, and of the processes of each name on average; nothing while one is on its way. */
function look() {
  const found = [...instances(given.data).values()];
  if (found.length !== given.instances || found.some((list) => !list.some(({ name }) => name === "Xvfb"))) return undefined;
  return found.map(unsharedMebibytes);
}

await target.free(180);
// An idle instance is frozen a moment after it is ready, and makes some pages its own until then.
let last;
const figures = await until(
  60,
  "memory that keeps still",
  () => {
    const now = look();
    const total = now?.reduce((sum, { total }) => sum + total, 0);
    const still = total !== undefined && last !== undefined && Math.abs(total - last) < 0.1;
    last = total;
    return still && now;
  },
  1000,
);
const names = [...new Set(figures.flatMap(({ byName }) => Object.keys(byName)))];
const byName = Object.fromEntries(names.map((name) => [name, statistics(figures.map((figure) => figure.byName[name] ?? 0)).p50]));
say(`by process: ${JSON.stringify(byName)}`);
print({ what: "unshared memory", unit: "MiB", ...statistics(figures.map(({ total }) => total)), by_process: byName });
