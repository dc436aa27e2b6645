/** What of the kernel and of the machine a test run could leave behind, read in one go. */
import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync, readlinkSync } from "node:fs";
import { join } from "node:path";

/**
 * A thing that can be left behind. `key` tells it from all others of its time, `text` names it for a person.
 * @typedef {{ readonly key: string, readonly text: string }} Thing
 *
 * @typedef {{
 *   readonly pid: number, readonly parent: number, readonly state: string, readonly started: string,
 *   readonly name: string, readonly command: string,
 * }} Process
 *   started: clock ticks since boot: with the pid, it names a process for good
 *
 * @typedef {{ readonly family: "unix" | "tcp", readonly inode: string, readonly address: string }} Listener
 *
 * What bpftool and ip print of an object, as far as it is read here.
 * @typedef {{
 *   readonly id: number, readonly type: string, readonly name?: string, readonly tag?: string,
 *   readonly map_ids?: readonly number[], readonly prog_id?: number,
 *   readonly ifindex: number, readonly ifname: string, readonly xdp?: { readonly prog?: { readonly id: number } },
 * }} Fields
 *
 * @typedef {{
 *   readonly things: readonly Thing[],
 *   readonly processes: readonly Process[],
 *   readonly listeners: readonly Listener[],
 * }} Inventory
 */

/** @returns {Inventory} */
export function takeInventory() {
  return {
    things: [...bpfObjects(), ...pins(), ...namespaces(), ...links(), ...mounts()],
    processes: processes(),
    listeners: listeners(),
  };
}

/**
 * @param {string} file
 */
function readText(file) {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return "";
  }
}

/**
 * @param {string} directory
 */
function namesIn(directory) {
  try {
    return readdirSync(directory);
  } catch {
    return [];
  }
}

/**
 * @param {string} file
 * @param {readonly string[]} args
 * @returns {readonly Fields[]} what the command printed as a JSON array; nothing where it could not
 */
function jsonArray(file, args) {
  /** @type {readonly Fields[]} */
  let printed = [];
  // what vanishes while it is listed can end the listing, and a list that was cut short would read as leaks
  for (let attempt = 0; attempt < 3; attempt += 1) {
    const { stdout, status } = spawnSync(file, args, { encoding: "utf8", maxBuffer: 1 << 28 });
    try {
      const value = JSON.parse(stdout);
      if (Array.isArray(value)) printed = value;
      if (status === 0) break;
    } catch {
      // not there, not allowed, or cut short
    }
  }
  return printed;
}

/**
 * Programs of control groups and of the security module come and go with the services of the machine, with the maps
 * that they use; the workbench loads neither.
 * @param {string} type
 */
function belongsToServices(type) {
  return type.startsWith("cgroup") || type === "lsm" || type === "sysctl" || type === "sock_ops";
}

/** @returns {readonly Thing[]} */
function bpfObjects() {
  const programs = jsonArray("bpftool", ["-j", "prog", "show"]);
  const maps = jsonArray("bpftool", ["-j", "map", "show"]);
  const bpfLinks = jsonArray("bpftool", ["-j", "link", "show"]);
  const ofServices = programs.filter(({ type }) => belongsToServices(type));
  const used = new Set(programs.flatMap(({ map_ids }) => map_ids ?? []));
  // A program array that no program uses is held by a pin or a process, which are listed themselves, or by the kernel for
  // good: docs/decisions/0015-maps-are-opened-once.md
  const isStray = (/** @type {Fields} */ { id, type }) => type === "prog_array" && !used.has(id);
  const mapsOfServices = new Set(ofServices.flatMap(({ map_ids }) => map_ids ?? []));
  const programsOfServices = new Set(ofServices.map(({ id }) => id));
  return [
    ...programs
      .filter(({ id }) => !programsOfServices.has(id))
      .map(({ id, type, name, tag }) => ({
        key: `program ${id} ${tag ?? ""}`,
        text: `program ${id} ${name ?? "(no name)"} (${type}, tag ${tag ?? "unknown"})`,
      })),
    ...maps
      .filter((map) => !mapsOfServices.has(map.id) && !isStray(map))
      .map(({ id, type, name }) => ({
        key: `map ${id} ${name ?? ""}`,
        text: `map ${id} ${name ?? "(no name)"} (${type})`,
      })),
    ...bpfLinks
      .filter(({ prog_id }) => prog_id === undefined || !programsOfServices.has(prog_id))
      .map(({ id, type }) => ({ key: `bpf link ${id}`, text: `bpf link ${id} (${type})` })),
  ];
}

/** @returns {readonly Thing[]} */
function pins() {
  const places = readText("/proc/self/mounts")
    .split("\n")
    .map((line) => line.split(" "))
    .filter(([, , type]) => type === "bpf")
    .map(([, place = ""]) => place);
  /** @type {(directory: string) => readonly string[]} */
  const beneath = (directory) =>
    namesIn(directory).flatMap((name) => [join(directory, name), ...beneath(join(directory, name))]);
  return [...new Set(places.flatMap(beneath))].map((path) => ({ key: `pin ${path}`, text: `pin ${path}` }));
}

/** @returns {readonly Thing[]} */
function namespaces() {
  return namesIn("/run/netns").map((name) => ({ key: `netns ${name}`, text: `network namespace ${name}` }));
}

/** @returns {readonly Thing[]} */
function links() {
  return jsonArray("ip", ["-j", "-d", "link", "show"]).map(({ ifindex, ifname, xdp }) => {
    const attached = xdp?.prog === undefined ? "" : ` with XDP program ${xdp.prog.id}`;
    return { key: `link ${ifindex} ${ifname}${attached}`, text: `interface ${ifname}${attached}` };
  });
}

/**
 * Without those that merely looking brings: named namespaces are counted by name (and their folder becomes a mount
 * point when `ip netns` is first used), and the old place of tracefs mounts itself.
 * @returns {readonly Thing[]}
 */
function mounts() {
  return readText("/proc/self/mountinfo")
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => line.split(" "))
    .filter(([, , , , place = ""]) => !/^\/run\/netns(\/|$)|^\/sys\/kernel\/debug\/tracing$/.test(place))
    .map(([id, , , , place]) => ({ key: `mount ${id} ${place}`, text: `mount ${place}` }));
}

/** @returns {readonly Process[]} all but threads of the kernel */
function processes() {
  return namesIn("/proc")
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      const process = parseProcess(readText(`/proc/${name}/stat`), readText(`/proc/${name}/cmdline`));
      return process === undefined || process.parent === 2 || process.pid === 2 ? [] : [process];
    });
}

/**
 * @param {string} stat /proc/PID/stat, see proc(5); the name in brackets may hold anything
 * @param {string} commandLine /proc/PID/cmdline
 * @returns {Process | undefined} undefined where the process has gone meanwhile
 */
export function parseProcess(stat, commandLine) {
  const open = stat.indexOf("(");
  const close = stat.lastIndexOf(")");
  if (open < 0 || close < open) return undefined;
  const after = stat.slice(close + 2).split(" ");
  const name = stat.slice(open + 1, close);
  return {
    pid: Number(stat.slice(0, open)),
    parent: Number(after[1]),
    state: after[0] ?? "",
    started: after[19] ?? "",
    name,
    command: commandLine.replaceAll("\0", " ").trim() || `[${name}]`,
  };
}

/** @returns {readonly Listener[]} */
function listeners() {
  return [
    ...parseUnixListeners(readText("/proc/net/unix")),
    ...parseTcpListeners(readText("/proc/net/tcp")),
    ...parseTcpListeners(readText("/proc/net/tcp6")),
  ];
}

/**
 * @param {string} text /proc/net/unix
 * @returns {readonly Listener[]}
 */
export function parseUnixListeners(text) {
  return text.split("\n").flatMap((line) => {
    const match = /^[0-9a-f]+: \S+ \S+ (\S+) \S+ \S+ +(\d+)(?: (.*))?$/.exec(line);
    // bit 16 of the flags is __SO_ACCEPTCON: the socket listens
    if (match?.[1] === undefined || (Number.parseInt(match[1], 16) & 0x10000) === 0) return [];
    return [{ family: /** @type {const} */ ("unix"), inode: match[2] ?? "", address: match[3] ?? "(no address)" }];
  });
}

/**
 * @param {string} text /proc/net/tcp or tcp6
 * @returns {readonly Listener[]}
 */
export function parseTcpListeners(text) {
  return text.split("\n").flatMap((line) => {
    const [, local = "", , state, , , , , , inode = ""] = line.trim().split(/\s+/);
    // 0A is TCP_LISTEN
    if (state !== "0A") return [];
    return [
      {
        family: /** @type {const} */ ("tcp"),
        inode,
        address: `port ${Number.parseInt(local.split(":")[1] ?? "", 16)}`,
      },
    ];
  });
}

/**
 * @param {number} pid
 * @returns {ReadonlySet<string>} inodes of the sockets that the process holds, as far as we may see
 */
export function socketsOf(pid) {
  const directory = `/proc/${pid}/fd`;
  return new Set(
    namesIn(directory).flatMap((name) => {
      try {
        return /^socket:\[(\d+)\]$/.exec(readlinkSync(join(directory, name)))?.[1] ?? [];
      } catch {
        return [];
      }
    }),
  );
}

/**
 * @param {Process} process
 * @param {string} mark NAME=VALUE
 * @param {string} root
 * @returns {boolean} whether the process carries the run's mark in its environment, or runs what the tree built
 */
export function isMarked({ pid, command }, mark, root) {
  if (readText(`/proc/${pid}/environ`).split("\0").includes(mark)) return true;
  if (command.includes(`${root}/dist/`) || command.includes(`${root}/.cache/`)) return true;
  try {
    return readlinkSync(`/proc/${pid}/exe`).startsWith(`${root}/`);
  } catch {
    return false;
  }
}
