/** A map's layout with what the user said of maps of its name: layouts as C, and formats of columns. */
import { describeEntries, type DescribedMap } from "../maps/describe-entries.ts";
import { homeless, homeOfMap, type MapHome } from "../maps/devmap-names.ts";
import type { ElevatedPeer } from "../helpers/helper-pool.ts";
import { readLayout, takesLayout } from "../layouts/kept-layout.ts";
import { listed } from "../maps/list-maps.ts";
import { describeMap, type MapLayout } from "../tables/describe-map.ts";
import { type Surroundings, usualFormat } from "./column-formats.ts";
import type { MapShapeChoice, MapShapes } from "./map-shapes.ts";
import { type ChosenFormats, shapeLayout } from "./shape-layout.ts";

/** The layout of the map's BTF where the user says nothing else of its key or value. */
export function typedLayoutOf(
  { description, layout, btf, section, declared }: DescribedMap,
  choice: MapShapeChoice,
): MapLayout {
  const takes = takesLayout(description.map);
  const key = takes.key && choice.key !== null ? readLayout(choice.key) : null;
  const value = takes.value && choice.value !== null ? readLayout(choice.value) : null;
  if (section !== null || (key === null && value === null)) return layout;
  const { possibleCpus } = description;
  return {
    ...describeMap({
      ...description.map,
      btf,
      possibleCpus,
      typed: { key: key ?? declared?.key ?? null, value: value ?? declared?.value ?? null },
    }),
    readOnly: layout.readOnly,
  };
}

/**
 * For those that read and write what is typed. `formats`: as the table shows its columns; else only as declarations and
 * names say, which takes numbers too: a script must not mean something else because of a click in a window.
 */
export async function layoutForTyping(
  peer: ElevatedPeer,
  described: DescribedMap,
  shapes: MapShapes,
  formats: boolean,
): Promise<MapLayout> {
  const { id, name: short } = described.description.map;
  const whole = described.section === null ? (await listed(peer)).find((map) => map.id === id)?.name : undefined;
  const choice = shapes.of(whole ?? short);
  const plain = typedLayoutOf(described, choice);
  const chosen = formats ? choice.formats : {};
  const home = wantsNames(plain, chosen) ? await homeOfMap(peer, id) : homeless;
  return shapeLayout(plain, chosen, surroundingsOf(home));
}

/** A map as its table shows it, for those that take what was typed there. @throws Failed `not-found` */
export async function describeTyped(peer: ElevatedPeer, id: number, shapes: MapShapes): Promise<DescribedMap> {
  const described = await describeEntries(peer, id);
  return { ...described, layout: await layoutForTyping(peer, described, shapes, true) };
}

/** Whether a column shows interfaces by name. */
export function wantsNames(layout: MapLayout, chosen: ChosenFormats): boolean {
  if (Object.values(chosen).includes("ifindex")) return true;
  return [...layout.key.columns, ...layout.value.columns].some((column) => usualFormat(column) === "ifindex");
}

export function surroundingsOf(home: MapHome): Surroundings {
  return { ...home, bootedAt: bootedAt() };
}

let booted: bigint | null = null;

/** Found once: a clock that is set meanwhile must not make times jump. CLOCK_MONOTONIC is what hrtime and BPF read. */
function bootedAt(): bigint {
  booted ??= BigInt(Date.now()) * 1_000_000n - process.hrtime.bigint();
  return booted;
}
