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

/** The time that processes have run so far, in ms of CPU. */
export function cpuMilliseconds(list) {
  let nanoseconds = 0;
  for (const { id } of list) {
    let threads;
    try {
      threads = readdirSync(`/proc/${id}/task`);
    } catch (error) {
      if (error.code === "ENOENT") continue;
      throw error;
    }
    for (const thread of threads) nanoseconds += Number(read(`/proc/${id}/task/${thread}/schedstat`).split(" ")[0] ?? 0);
  }
  return nanoseconds / 1e6;
}

/** The proportional share of memory of processes, in MiB. Only root may know that of others' processes. */
export function memoryMebibytes(list) {
  let kibibytes = 0;
  for (const { id } of list) {
    const path = `/proc/${id}/smaps_rollup`;
    const text = process.getuid() === 0 ? read(path) : execFileSync("sudo", ["cat", path], { encoding: "utf8" });
    kibibytes += Number(/^Pss:\s+(\d+)/m.exec(text)?.[1] ?? 0);
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
