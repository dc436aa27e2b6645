/** Writes of more than one entry, or of less: a new map filled from an older one, and some bytes of a section. */
import type * as z from "zod";
import { fail } from "../protocol/failures.ts";
import type { mapFillParams, mapPatchParams } from "../protocol/maps.ts";
import { hasCode, isKernelError, naming } from "./failures.ts";
import { type MapsContext, nameOf, sized } from "./maps.ts";
import type { MapHandle } from "./native/map-face.ts";

/** include/uapi/linux/bpf.h */
const mmapable = 1 << 10;
const arrayType = 2;

export function fillMap(
  { handles }: Pick<MapsContext, "handles">,
  params: z.infer<typeof mapFillParams>,
): Promise<{ filled: number }> {
  return handles.use(params.id, `fill map id ${params.id}`, (handle) => {
    const { info, valueStride } = handle;
    const keys = sized(params.keys, params.count * info.keySize, "key", info);
    const values = sized(params.values, params.count * valueStride, "value", info);
    return naming({ doing: `fill map ${nameOf(info)}` }, () => ({ filled: fill(handle, keys, values, params.count) }));
  });
}

/** An entry for which there is no place is passed over; anything else that the kernel refuses ends it. */
function fill(handle: MapHandle, keys: Buffer, values: Buffer, count: number): number {
  const { info, valueStride } = handle;
  let filled = 0;
  for (let at = 0; at < count; ) {
    try {
      filled += handle.updateBatch(keys.subarray(at * info.keySize), values.subarray(at * valueStride), count - at);
      return filled;
    } catch (error) {
      if (!isKernelError(error) || !hasCode(error, "E2BIG", "ENOSPC")) throw error;
      const done = error.done ?? 0;
      filled += done;
      at += done + 1;
    }
  }
  return filled;
}

export async function patchMap(
  { handles }: Pick<MapsContext, "handles">,
  params: z.infer<typeof mapPatchParams>,
): Promise<Record<string, never>> {
  await handles.use(params.id, `write map id ${params.id}`, (handle) => {
    const { info, valueStride } = handle;
    const name = nameOf(info);
    if (info.type !== arrayType || (info.flags & mmapable) === 0) {
      fail({ kind: "bad-value", field: "id", message: `write map ${name}: it cannot be mapped into memory` });
    }
    const patches = params.patches.map(({ offset, bytes }) => ({ offset, bytes: Buffer.from(bytes, "base64") }));
    for (const { offset, bytes } of patches) {
      if (offset + bytes.length <= valueStride) continue;
      const message = `write map ${name}: ${bytes.length} bytes at ${offset} lie outside of its ${valueStride}`;
      fail({ kind: "bad-value", field: "offset", message });
    }
    naming({ doing: `write map ${name}`, next: "a section of constants is frozen: set them before the load" }, () => {
      for (const { offset, bytes } of patches) handle.patch(offset, bytes);
    });
  });
  return {};
}
