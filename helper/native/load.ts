import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import type { NativeFace } from "./face.ts";

/** Where the addon is: beside the bundle (dist/helper/helper.js), or in the checkout that this source file is in. */
const places = ["../native/xdpw.node", "../../dist/native/xdpw.node"];

/** Every member of the face, so that a stale addon is noticed at the start and not at the first use. */
const members = {
  libbpfVersion: "string",
  possibleCpus: "function",
  warmPool: "function",
  peerCredentials: "function",
  startOrphan: "function",
  capabilities: "function",
  keepCapabilities: "function",
  inNetns: "function",
  ifindexOf: "function",
  nameOf: "function",
  driverInfo: "function",
  driverStatistics: "function",
  genericQuery: "function",
  routeQuery: "function",
  linkDump: "function",
  linkOf: "function",
  watchLinks: "function",
  xdpQuery: "function",
  xdpAttach: "function",
  xdpDetach: "function",
  xdpLink: "function",
  enableStatistics: "function",
  inspectObject: "function",
  loadObject: "function",
  loadPass: "function",
  closeFd: "function",
  programIds: "function",
  mapIds: "function",
  linkIds: "function",
  openProgram: "function",
  programInfo: "function",
  dumpProgram: "function",
  mapInfo: "function",
  linkInfo: "function",
  btf: "function",
  openMap: "function",
  pinned: "function",
  pinMap: "function",
  createMap: "function",
  freezeMap: "function",
  mapIdOf: "function",
  sendFrames: "function",
  countFrames: "function",
  testRun: "function",
  xdpSocket: "function",
  xdpHelpers: "function",
  rawTracepoint: "function",
} satisfies Record<keyof NativeFace, "string" | "function">;

function isNativeFace(candidate: unknown): candidate is NativeFace {
  if (typeof candidate !== "object" || candidate === null) return false;
  return Object.entries(members).every(([name, type]) => typeof Reflect.get(candidate, name) === type);
}

function loadFailure(path: string, cause: unknown): Error {
  const words = cause instanceof Error ? cause.message : String(cause);
  const library = /(lib(?:bpf|elf|stdc\+\+)[\w.+-]*\.so[\w.]*)/.exec(words)?.[1];
  const advice = library
    ? `install the package that has ${library} (libbpf: apt libbpf1, dnf and pacman libbpf, zypper libbpf1)`
    : "build it again with: npm run setup";
  return new Error(`cannot load the libbpf addon ${path}: ${words}: ${advice}`, { cause });
}

/** Loads the libbpf addon. Throws where it is missing, stale, or libbpf itself is not installed. */
export function loadNative(): NativeFace {
  const candidates = places.map((place) => fileURLToPath(new URL(place, import.meta.url)));
  const path = candidates.find((candidate) => existsSync(candidate));
  if (!path)
    throw new Error(`cannot find the libbpf addon at ${candidates.join(" or ")}: build it with: npm run setup`);
  let addon: unknown;
  try {
    addon = createRequire(import.meta.url)(path);
  } catch (cause) {
    throw loadFailure(path, cause);
  }
  if (!isNativeFace(addon)) {
    throw new Error(
      `cannot use the libbpf addon ${path}: it is of another version: build it again with: npm run setup`,
    );
  }
  return addon;
}
