/** The command-line twin of each thing that the workbench does, with the tools that everybody has. */
import type { Attachment, Detachment } from "../../protocol/attach.ts";
import type { Stage } from "../../protocol/build.ts";
import type { Mode, Place } from "../../protocol/interfaces.ts";
import type { TrafficParams } from "../../protocol/lab.ts";
import type { LoadOptions } from "../../protocol/reload.ts";
import { hexBytes, inside, ip, shell, xdpwPlace } from "./shell.ts";

export interface Twin {
  readonly what: string;
  readonly lines: readonly string[];
  readonly xdpw: string | null;
}

const linkMode: Readonly<Record<Mode, string>> = { native: "xdpdrv", skb: "xdpgeneric", hw: "xdpoffload" };

export function buildTwin(path: string, stages: readonly Stage[]): Twin {
  return {
    what: `build ${path}`,
    lines: stages.map((stage) => shell(stage.argv)),
    xdpw: shell(["xdpw", "build", path]),
  };
}

/** Where the stages of the build, as shown, leave the object; an object on disk was not built. */
export function objectPath(path: string, stages: readonly Stage[]): string {
  const argv = stages.at(-1)?.argv ?? [];
  const flag = argv.lastIndexOf("-o");
  return flag < 0 ? path : (argv[flag + 1] ?? path);
}

export function verifyTwin(path: string, stages: readonly Stage[], load?: LoadOptions): Twin {
  const object = objectPath(path, stages);
  return {
    what: `verify ${path}`,
    lines: [
      ...stages.map((stage) => shell(stage.argv)),
      `${shell(["bpftool", "-d", "prog", "load", object, "/sys/fs/bpf/judged", "type", "xdp"])} && rm /sys/fs/bpf/judged`,
    ],
    xdpw: shell(["xdpw", "verify", path, ...loadWords(load)]),
  };
}

/** What ip cannot do (maps that are kept, values before the load) is bpftool's part, as far as that goes. */
export function attachTwin(path: string, stages: readonly Stage[], done: Attachment, load: LoadOptions = {}): Twin {
  const object = objectPath(path, stages);
  const { place, program, replaced, kept, maps } = done;
  const reused = kept
    .filter(({ fate }) => fate === "keep")
    .flatMap(({ name }) => maps.filter((map) => map.name === name));
  const beyond = loadWords(load).length > 0 || kept.some(({ fate }) => fate === "carry");
  const pin = `/sys/fs/bpf/${program.name}`;
  const reusing = reused.flatMap(({ name, id }) => ["map", "name", libbpfName(object, name), "id", `${id}`]);
  const link = (...words: readonly string[]): string => shell([...ip(place.netns), ...words]);
  const betweenModes = replaced !== null && replaced.mode !== program.mode;
  const attach = [
    ...(replaced !== null && !betweenModes ? ["-force"] : []),
    "link",
    "set",
    "dev",
    place.name,
    linkMode[program.mode],
    ...(reused.length > 0 ? ["pinned", pin] : ["object", object, "program", program.name]),
  ]; // prettier-ignore
  return {
    what: `attach ${program.name} to ${place.name}, ${program.mode}`,
    lines: [
      ...(beyond ? ["# neither ip nor bpftool sets globals or sizes, or converts contents: xdpw attach does"] : []),
      ...(reused.length > 0 ? [shell(["bpftool", "prog", "load", object, pin, "type", "xdp", ...reusing])] : []),
      ...(betweenModes ? [link("link", "set", "dev", place.name, linkMode[replaced.mode], "off")] : []),
      link(...attach),
      ...(reused.length > 0 ? [shell(["rm", pin])] : []),
      link("-d", "link", "show", "dev", place.name),
    ],
    xdpw: shell([
      ...["xdpw", "attach", path, ...xdpwPlace(place), "--mode", program.mode, "--prog", program.name],
      ...kept.flatMap(({ name, fate }) => ["--maps", `${name}=${fate}`]),
      ...(done.guard === undefined ? [] : ["--confirm", `${done.guard.seconds}`]),
      ...loadWords(load),
    ]),
  };
}

/** libbpf calls the map of .data, .bss or .rodata after the object's file too; other sections as they are. */
function libbpfName(object: string, map: string): string {
  if (map !== ".data" && map !== ".bss" && map !== ".rodata") return map;
  const file = object.slice(object.lastIndexOf("/") + 1).split(".")[0] ?? "";
  return `${file.slice(0, 8).replaceAll(/\W/g, "_")}${map}`;
}

function loadWords(load: LoadOptions | undefined): readonly string[] {
  return [
    ...(load?.globals ?? []).flatMap(({ name, value }) => ["--set", `${name}=${value}`]),
    ...(load?.maxEntries ?? []).flatMap(({ map, entries }) => ["--max-entries", `${map}=${entries}`]),
  ];
}

export function detachTwin({ place, program }: Detachment): Twin {
  return {
    what: `detach ${program.name} from ${place.name}`,
    // Plain "xdp off" can exit 0 and leave a generic program where it is.
    lines: [shell([...ip(place.netns), "link", "set", "dev", place.name, linkMode[program.mode], "off"])],
    xdpw: shell(["xdpw", "detach", ...xdpwPlace(place)]),
  };
}

export function detachAllTwin(all: readonly Detachment[]): Twin {
  return {
    what: `detach all of ours: ${all.map(({ place, program }) => `${program.name} from ${place.name}`).join(", ")}`,
    lines: all.flatMap((one) => detachTwin(one).lines),
    xdpw: shell(["xdpw", "detach", "--all"]),
  };
}

export function describeTwin(place: Place): Twin {
  return {
    what: `look at ${place.name}`,
    lines: [
      shell([...inside(place.netns), "ethtool", "-i", place.name]),
      shell([...ip(place.netns), "-d", "link", "show", "dev", place.name]),
    ],
    xdpw: shell(["xdpw", "status", ...xdpwPlace(place)]),
  };
}

export function redirectsTwin(): Twin {
  const events = ["exception", "redirect_err", "bulk_tx", "devmap_xmit", "cpumap_enqueue", "cpumap_kthread"];
  return {
    what: "count redirects, and what is lost on the way",
    lines: [shell(["perf", "stat", "-a", "-I", "1000", ...events.flatMap((event) => ["-e", `xdp:xdp_${event}`])])],
    xdpw: shell(["xdpw", "watch"]),
  };
}

export function openMapTwin(id: number, name: string): Twin {
  return {
    what: `open map ${name}`,
    lines: [shell(["bpftool", "map", "show", "id", `${id}`]), shell(["bpftool", "map", "dump", "id", `${id}`])],
    xdpw: shell(["xdpw", "map", "dump", `id:${id}`]),
  };
}

export function setTwin(
  map: EntryPlace,
  key: Uint8Array,
  value: Uint8Array,
  when: "any" | "noexist" | "exist",
  typed: Typed,
): Twin {
  const words = [
    "bpftool",
    "map",
    "update",
    "id",
    `${map.id}`,
    "key",
    "hex",
    ...hexBytes(key),
    "value",
    ...(map.byId === true ? ["id", `${word(value)}`] : ["hex", ...hexBytes(value)]),
  ];
  // arrays of programs and maps take BPF_ANY only
  const flag = when === "any" || map.byId === true ? [] : [when];
  return {
    what: `set ${map.name}[${typed.key}]`,
    // A devmap's ifindex is looked up in the namespace of whoever writes it.
    lines: [shell([...inside(map.netns), ...words, ...flag])],
    xdpw: shell([
      "xdpw",
      "map",
      "set",
      `id:${map.id}`,
      ...(map.netns === null ? [] : ["--netns", map.netns]),
      typed.key,
      typed.value,
    ]),
  };
}

/** Of an entry that runs a program: bpftool would write the program's id where the kernel wants a descriptor. */
export function entryProgramTwin(map: EntryPlace, program: string, typed: Typed): Twin {
  const { what, xdpw } = setTwin(map, Buffer.alloc(0), Buffer.alloc(0), "any", typed);
  return {
    what: `${what}, which runs ${program}`,
    lines: ["# bpftool cannot put a program into an entry: it writes a number where the kernel wants a descriptor"],
    xdpw,
  };
}

/** bpftool writes all variables at once, and takes back what the program writes beside this one meanwhile. */
export function setVariableTwin(map: EntryPlace, variable: string, section: Uint8Array, typed: string): Twin {
  const key = Buffer.alloc(4);
  const all = setTwin(map, key, section, "any", { key: variable, value: typed });
  return { ...all, what: `set ${variable} in ${map.name}` };
}

export function deleteTwin(map: EntryPlace, key: Uint8Array, typedKey: string): Twin {
  return {
    what: `delete ${map.name}[${typedKey}]`,
    lines: [shell(["bpftool", "map", "delete", "id", `${map.id}`, "key", "hex", ...hexBytes(key)])],
    xdpw: shell(["xdpw", "map", "delete", `id:${map.id}`, typedKey]),
  };
}

interface EntryPlace {
  readonly id: number;
  readonly name: string;
  readonly netns: string | null;
  /** its values are ids of programs or maps: bpftool opens what an id names */
  readonly byId?: boolean;
}

function word(value: Uint8Array): number {
  const { buffer, byteOffset } = value;
  const isLittle = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1;
  return value.length < 4 ? 0 : new DataView(buffer, byteOffset).getUint32(0, isLittle);
}
/** as the command line takes them */
interface Typed {
  readonly key: string;
  readonly value: string;
}

export function labTwin(verb: "up" | "down", name: string | null, namespaces: readonly string[]): Twin {
  return {
    what: verb === "up" ? "make the lab" : "remove the lab",
    lines: namespaces.map((namespace) => shell(["ip", "netns", verb === "up" ? "add" : "del", namespace])),
    xdpw: shell(["xdpw", "lab", verb, ...(name === null ? [] : ["--name", name])]),
  };
}

export function trafficTwin(traffic: TrafficParams, from: string, target: string): Twin {
  const { protocol, count, rate } = traffic;
  const pace = rate > 0 ? ["-i", (1 / rate).toString()] : ["-f"];
  const tool = {
    icmp: ["ping", "-c", `${count}`, ...pace, target],
    arp: ["arping", "-c", `${count}`, "-I", "eth0", target],
    udp: ["nping", "--udp", "-p", "9", "-c", `${count}`, "--rate", `${rate || 1_000_000}`, target],
  }[protocol];
  return {
    what: `send ${count} ${protocol} from ${traffic.from} to ${traffic.to}`,
    lines: [shell([...inside(from), ...tool])],
    xdpw: shell([
      "xdpw",
      "lab",
      "traffic",
      ...(traffic.name === null ? [] : ["--name", traffic.name]),
      "--from",
      traffic.from,
      "--to",
      traffic.to,
      "--proto",
      protocol,
      "--count",
      `${count}`,
      ...(rate > 0 ? ["--rate", `${rate}`] : []),
    ]), // prettier-ignore
  };
}
