/** What --json prints of the things that several commands print (docs/cli.md). */
import type { AttachedProgram, NetworkInterface } from "../../protocol/interfaces.ts";
import type { MapSummary } from "../../protocol/maps.ts";

export function programJson({ mode, id, name, tag, jited }: AttachedProgram) {
  return { mode, id, name, tag, jited };
}

export function interfaceJson(device: NetworkInterface) {
  const { ifindex, name, netns, driver, mtu, up, features, modes, attached } = device;
  return { ifindex, name, netns, driver, mtu, up, features, modes, attached: attached.map(programJson) };
}

export function mapJson({ id, name, type, keySize, valueSize, maxEntries }: MapSummary) {
  return { id, name, type, key_size: keySize, value_size: valueSize, max_entries: maxEntries };
}
