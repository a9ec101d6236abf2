// What a server costs on this host: CPU and memory of its processes, bytes of a stream's connection. Linux only.
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { readdirSync, readFileSync, realpathSync } from "node:fs";

const APPLICATION = "millrace-bench-";

function read(path) {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    // A process that has ended meanwhile.
    if (error.code === "ENOENT" || error.code === "ESRCH") return "";
    throw error;
  }
}

/** What only root may read of others' processes. */
function readOfOthers(path) {
  return process.getuid() === 0 ? read(path) : execFileSync("sudo", ["cat", path], { encoding: "utf8" });
}

/** The cgroup of all instances of a data directory, as the sandbox driver names it. */
const groupOf = (dataDirectory) => `millrace-${createHash("sha256").update(`${realpathSync(dataDirectory)}/run`).digest("hex").slice(0, 8)}`;

/** The server's processes with those of its instances, but without the applications. `root`: the server's id, or that of what started it. */
export function processes(root, dataDirectory) {
  const group = groupOf(dataDirectory);
  const parents = new Map();
  for (const name of readdirSync("/proc")) {
    if (!/^\d+$/.test(name)) continue;
    const stat = read(`/proc/${name}/stat`);
    const close = stat.lastIndexOf(")");
    if (close > 0) parents.set(Number(name), { parent: Number(stat.slice(close + 4).split(" ")[0]), name: stat.slice(stat.indexOf("(") + 1, close) });
  }
  const descends = (id) => id === root || (parents.has(id) && descends(parents.get(id).parent));
  const belongs = (id) => descends(id) || read(`/proc/${id}/cgroup`).includes(`/${group}/`);
  const own = [...parents].filter(([id]) => belongs(id)).map(([id, { name }]) => ({ id, name }));
  return own.filter(({ name }) => !name.startsWith(APPLICATION));
}

/** The processes of each instance of a data directory, by the instance's id. */
export function instances(dataDirectory) {
  const group = groupOf(dataDirectory);
  const found = new Map();
  for (const name of readdirSync("/proc")) {
    const instance = /^\d+$/.test(name) && new RegExp(`/${group}/([^/\n]+)`).exec(read(`/proc/${name}/cgroup`))?.[1];
    if (!instance) continue;
    const process = { id: Number(name), name: read(`/proc/${name}/comm`).trim() };
    found.set(instance, [...(found.get(instance) ?? []), process]);
  }
  return found;
}

/** Whether an instance is stopped where it is: by the freezer of cgroup v1, or by cgroup v2. `list`: its processes. */
export function frozen(list) {
  return list.every(({ id }) => {
    const group = read(`/proc/${id}/cgroup`);
    const [, v1] = /^\d+:freezer:(.+)$/m.exec(group) ?? [];
    if (v1) return read(`/sys/fs/cgroup/freezer${v1}/freezer.state`).trim() === "FROZEN";
    const [, v2] = /^0::(.+)$/m.exec(group) ?? [];
    // The containers' groups are below the instance's, which is what is frozen.
    return v2 !== undefined && /^frozen 1$/m.test(read(`/sys/fs/cgroup${v2}/cgroup.events`));
  });
}

/** What processes of one instance have for themselves, in MiB: their private pages, and those that only they share, such as the screen. */
export function unsharedMebibytes(list) {
  const byName = {};
  for (const { id, name } of list) {
    let kibibytes = 0;
    for (const mapping of readOfOthers(`/proc/${id}/smaps`).split(/^(?=[0-9a-f]+-[0-9a-f]+ )/m)) {
      const value = (key) => Number(new RegExp(`^${key}:\\s+(\\d+)`, "m").exec(mapping)?.[1] ?? 0);
      // Memory that is shared and may be written (r w . s) is the pod's own; its proportional share counts it once over all processes.
      const ofPod = /^\S+ \S\S\Ss /.test(mapping);
      kibibytes += ofPod ? value("Pss") : value("Private_Clean") + value("Private_Dirty");
    }
    byName[name] = (byName[name] ?? 0) + kibibytes / 1024;
  }
  return { total: Object.values(byName).reduce((sum, part) => sum + part, 0), byName };
}

/** Tells the time that processes have run so far, in ms of CPU. What a thread ran that has ended since it was last asked stays counted. */
export function cpuClock(list) {
  const nanoseconds = new Map();
  return () => {
    for (const { id } of list) {
      let threads;
      try {
        threads = readdirSync(`/proc/${id}/task`);
      } catch (error) {
        if (error.code === "ENOENT") continue;
        throw error;
      }
      for (const thread of threads) {
        const ran = Number(read(`/proc/${id}/task/${thread}/schedstat`).split(" ")[0] ?? 0);
        if (ran > 0) nanoseconds.set(`${id}/${thread}`, ran);
      }
    }
    return [...nanoseconds.values()].reduce((sum, ran) => sum + ran, 0) / 1e6;
  };
}

/** The proportional share of memory of processes, in MiB. Only root may know that of others' processes. */
export function memoryMebibytes(list) {
  let kibibytes = 0;
  for (const { id } of list) {
    kibibytes += Number(/^Pss:\s+(\d+)/m.exec(readOfOthers(`/proc/${id}/smaps_rollup`))?.[1] ?? 0);
  }
  return kibibytes / 1024;
}

/** Processes of an instance, not of the server, which all sessions share. */
export const ofSession = ({ name }) => ["Xvfb", "openbox", "tini", "millrace-agent", "millrace-launch"].includes(name);

/** How many bytes a server's port has sent on each connection that it has now, by the other side's port. */
export function sentBytes(port) {
  const text = execFileSync("ss", ["-tinH", "state", "established", `sport = :${port}`], { encoding: "utf8" });
  const sent = new Map();
  const lines = text.split("\n");
  for (let i = 0; i + 1 < lines.length; i += 2) {
    const peer = /:(\d+)\s*$/.exec(lines[i].trim().split(/\s+/).slice(0, 4).join(" "))?.[1];
    const bytes = /bytes_sent:(\d+)/.exec(lines[i + 1])?.[1];
    if (peer) sent.set(peer, Number(bytes ?? 0));
  }
  return sent;
}
