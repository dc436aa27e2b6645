/** Staged changes, in batches that main sends: each compared before it is written and read back after. */
import type * as z from "zod";
import type { MapChanged, mapChangeParams } from "../protocol/changes.ts";
import type { KeptPrograms } from "./kept-programs.ts";
import { progArrayType } from "./kernel-names.ts";
import { programOffset } from "./update-map.ts";
import { errnoWords, naming } from "./failures.ts";
import { type MapsContext, nameOf, sized } from "./maps.ts";
import { inNamespace } from "./namespaces.ts";
import type { MapChangeOutcomes } from "./native/map-face.ts";

export function changeMap(
  { native, handles }: MapsContext,
  kept: KeptPrograms,
  params: z.infer<typeof mapChangeParams>,
): Promise<MapChanged> {
  return handles.use(params.id, `change map id ${params.id}`, (handle) => {
    const { info, valueStride } = handle;
    const { count } = params;
    const kinds = sized(params.kinds, count, "key", info);
    const keys = sized(params.keys, count * info.keySize, "key", info);
    const olds = sized(params.olds, count * valueStride, "value", info);
    const news = sized(params.news, count * valueStride, "value", info);
    const counted = params.counted === null ? null : sized(params.counted, valueStride, "value", info);
    // else a program whose only holder was the slot would be gone, and no undo could put it back; one of a devmap's or
    // cpumap's entry goes with its last entry
    const at = params.look || info.type !== progArrayType ? null : programOffset(info);
    if (at !== null) for (let entry = 0; entry < count; entry++) kept.keep(olds.readUInt32LE(entry * valueStride + at));
    // a devmap looks the ifindex up in the namespace of whoever writes it
    const answer = inNamespace(native, params.netns, () =>
      naming({ doing: `change map ${nameOf(info)}` }, () =>
        handle.change(count, kinds, keys, olds, news, params.locked, params.look, counted),
      ),
    );
    return toChanged(answer);
  });
}

export function toChanged({ outcomes, found, refusal }: MapChangeOutcomes): MapChanged {
  return {
    ...{ outcomes, found },
    refused: refusal === null ? null : { code: refusal.code, words: errnoWords(refusal.code, refusal.errno) },
  };
}
