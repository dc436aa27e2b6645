/** Twins of what is done to maps themselves, not to their entries. */
import type { NewMap } from "../../protocol/manage-maps.ts";
import { mapFlagNames } from "../object/map-flags.ts";
import { shell } from "./shell.ts";
import type { Twin } from "./twins.ts";

interface Named {
  readonly id: number;
  readonly name: string;
}

export function createMapTwin(map: NewMap, pin: string | null): Twin {
  const { type, name, keySize, valueSize, maxEntries, flags, inner } = map;
  const sizes = ["type", type, "key", `${keySize}`, "value", `${valueSize}`, "entries", `${maxEntries}`];
  const words = [...sizes, "name", name || type, ...(flags === 0 ? [] : ["flags", `0x${flags.toString(16)}`])];
  const like = inner === null ? [] : ["inner_map", "id", `${inner}`];
  return {
    what: `create map ${name || type}`,
    lines:
      pin === null
        ? ["# bpftool can only create maps that it pins"]
        : [shell(["bpftool", "map", "create", pin, ...words, ...like])],
    xdpw: pin === null ? null : shell(createWords(map, pin)),
  };
}

function createWords({ type, name, keySize, valueSize, maxEntries, flags, inner }: NewMap, pin: string): string[] {
  return [
    ...["xdpw", "map", "create", name, "--type", type, "--key", `${keySize}`, "--value", `${valueSize}`],
    ...["--entries", `${maxEntries}`, ...(flags === 0 ? [] : ["--flags", mapFlagNames(flags).join(",")])],
    ...(inner === null ? [] : ["--inner", `id:${inner}`]),
    ...["--pin", pin],
  ];
}

export function pinMapTwin({ id, name }: Named, path: string): Twin {
  return {
    what: `pin ${name} at ${path}`,
    lines: [shell(["bpftool", "map", "pin", "id", `${id}`, path])],
    xdpw: shell(["xdpw", "map", "pin", `id:${id}`, path]),
  };
}

export function unpinMapTwin({ name }: Named, path: string): Twin {
  return {
    what: `unpin ${name} from ${path}`,
    lines: [shell(["rm", path])],
    xdpw: shell(["xdpw", "map", "unpin", path]),
  };
}

export function freezeMapTwin({ id, name }: Named): Twin {
  return {
    what: `freeze ${name}`,
    lines: [shell(["bpftool", "map", "freeze", "id", `${id}`])],
    xdpw: shell(["xdpw", "map", "freeze", `id:${id}`]),
  };
}

export function clearMapTwin({ id, name }: Named): Twin {
  return {
    what: `clear ${name}`,
    lines: ["# bpftool clears no map: it deletes one entry at a time"],
    xdpw: shell(["xdpw", "map", "clear", `id:${id}`]),
  };
}

export function takeTwin({ id, name }: Named): Twin {
  return {
    what: `take the next element of ${name}`,
    lines: [shell(["bpftool", "map", "pop", "id", `${id}`])],
    xdpw: shell(["xdpw", "map", "pop", `id:${id}`]),
  };
}
