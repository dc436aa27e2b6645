/** The bytes to write for the variables that were typed, and no others: the program may be writing beside them. */
import type { MapSummary } from "../../protocol/maps.ts";
import type { LayoutColumn, LayoutNode } from "../tables/layout.ts";

export interface Patch {
  readonly offset: number;
  readonly bytes: string;
}

/** BPF_F_MMAPABLE of linux/bpf.h, which libbpf asks for where the kernel has it (5.5) */
const mmapable = 1 << 10;

export function isMappable({ type, flags }: MapSummary): boolean {
  return type === "array" && (flags & mmapable) !== 0;
}

/** A number as a whole; of an array or struct those parts that differ. Bit fields are written with their neighbours. */
export function patchesOf(typed: readonly LayoutColumn[], before: Uint8Array, after: Uint8Array): readonly Patch[] {
  const places = typed.flatMap(({ node, offset }) =>
    node.kind === "field"
      ? [{ offset, size: node.size }]
      : leaves(node, offset).filter(({ offset: at, size }) => differs(before, after, at, size)),
  );
  return places.map(({ offset, size }) => ({
    offset,
    bytes: Buffer.from(after.subarray(offset, offset + size)).toString("base64"),
  }));
}

interface Place {
  readonly offset: number;
  readonly size: number;
}

function leaves(node: LayoutNode, offset: number): readonly Place[] {
  switch (node.kind) {
    case "array":
      return Array.from({ length: node.length }, (_, index) =>
        leaves(node.element, offset + index * node.element.size),
      ).flat();
    case "struct":
      return node.members.flatMap((member) => leaves(member.node, offset + member.offset));
    default:
      return [{ offset, size: node.size }];
  }
}

function differs(before: Uint8Array, after: Uint8Array, offset: number, size: number): boolean {
  for (let at = offset; at < offset + size; at++) if (before[at] !== after[at]) return true;
  return false;
}
