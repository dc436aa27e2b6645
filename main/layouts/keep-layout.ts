/** Keeps a layout that the user typed, for all maps of that name. */
import type { CancellationToken } from "vscode-jsonrpc";
import { fail } from "../../protocol/failures.ts";
import type { MapSummary } from "../../protocol/maps.ts";
import type { PlainPeer } from "../helpers/helper-pool.ts";
import type { MapShapes } from "../rows/map-shapes.ts";
import { compileLayout } from "./compile-layout.ts";
import { takesLayout } from "./kept-layout.ts";

export interface TypedText {
  readonly of: "key" | "value";
  /** null forgets the one that is kept */
  readonly text: string | null;
  /** with its whole name */
  readonly map: Pick<MapSummary, "name" | "type" | "keySize" | "valueSize">;
}

/** @throws Failed `bad-value`: clang's findings, a wrong size, or a map whose type says itself what it holds */
export async function keepLayout(
  plain: () => Promise<PlainPeer>,
  shapes: MapShapes,
  { of, text, map }: TypedText,
  token?: CancellationToken,
): Promise<void> {
  if (text !== null && !takesLayout(map)[of]) {
    const message = `layout of the ${of} of ${map.name}: a ${map.type} map says itself what its ${of}s are`;
    return fail({ kind: "bad-value", field: of, message });
  }
  const size = of === "key" ? map.keySize : map.valueSize;
  const kept = text === null ? null : await compileLayout(plain, { of, text, size, map: map.name }, token);
  // asked for again: another may have been kept meanwhile
  await shapes.set(map.name, { ...shapes.of(map.name), [of]: kept });
}
