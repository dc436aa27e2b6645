/** Maps are made, pinned, unpinned, frozen, and let go of. */
import { unlinkSync } from "node:fs";
import type * as z from "zod";
import { fail } from "../protocol/failures.ts";
import type { createMapParams, pinMapParams } from "../protocol/manage-maps.ts";
import { checkPinPath, kindOf, makeFolders, removeEmptyFolders } from "./bpffs.ts";
import { refuseFrozen } from "./clear-map.ts";
import type { HelperContext } from "./context.ts";
import { naming } from "./failures.ts";
import { mapTypeNumber } from "./kernel-names.ts";
import type { Held } from "./ledger.ts";
import { type MapsContext, nameOf } from "./maps.ts";

type Pin = z.infer<typeof pinMapParams>;

export interface MapManager {
  create(params: z.infer<typeof createMapParams>): { id: number };
  pin(params: Pin): void;
  unpin(params: Pin): void;
  freeze(id: number): Promise<void>;
  /** closes what create() held open; a map that is pinned or used otherwise lives on */
  release(id: number): void;
  isHeld(id: number): boolean;
}

export function createMapManager({ native, handles, ledger }: MapsContext & Pick<HelperContext, "ledger">): MapManager {
  const held = new Map<number, Held>();

  const pin = ({ id, path }: Pin): void => {
    const doing = `pin map id ${id} at`;
    checkPinPath(doing, path);
    makeFolders(doing, path);
    if (kindOf(path) !== "none") {
      fail({ kind: "name-taken", name: path, message: `${doing} ${path}: something is there already: choose another` });
    }
    const subject = { what: "map", name: `id ${id}` };
    naming({ doing: `${doing} ${path}`, subject }, () => native.pinMap(id, path));
  };
  const release = (id: number): void => {
    held.get(id)?.release();
    held.delete(id);
  };

  return {
    create({ type, name, keySize, valueSize, maxEntries, flags, inner, pin: path }) {
      const called = name === "" ? `a ${type}` : name;
      const doing = `create map ${called}`;
      if (path !== null) checkPinPath(doing, path);
      const shape = { name, keySize, valueSize, maxEntries, flags, innerMapId: inner };
      const next =
        "see that sizes, entries and flags are such as this type takes, and that an inner map is given for a map of maps only";
      const subject = { what: "inner map", name: `id ${inner}` };
      const fd = naming({ doing, next, ...(inner === null ? {} : { subject }) }, () =>
        native.createMap({ type: mapTypeNumber(type), ...shape }),
      );
      const own = ledger.hold(`map ${called}`, () => native.closeFd(fd));
      try {
        const id = native.mapIdOf(fd);
        if (path !== null) pin({ id, path });
        held.set(id, own);
        if (path !== null) release(id);
        return { id };
      } catch (error) {
        own.release();
        throw error;
      }
    },
    pin(params) {
      pin(params);
      // from now on the pin keeps it
      release(params.id);
    },
    unpin({ id, path }) {
      const doing = `unpin ${path}`;
      checkPinPath("unpin", path);
      const subject = { what: "pin", name: path };
      const found = naming({ doing, subject }, () => native.pinned(path));
      if (found.kind !== "map" || found.id !== id) {
        const what = `${found.kind} id ${found.id}`;
        fail({ kind: "bad-value", field: "path", message: `${doing}: it holds ${what}, not map id ${id}: look again` });
      }
      unlinkSync(path);
      removeEmptyFolders(path);
    },
    freeze: (id) =>
      handles.use(id, `freeze map id ${id}`, (handle) => {
        refuseFrozen(handle, "freeze");
        const next =
          "a map with a spin lock or a timer, one that is mapped writable by a process, and one that takes no freezing cannot be frozen";
        naming({ doing: `freeze map ${nameOf(handle.info)}`, next }, () => native.freezeMap(id));
      }),
    release,
    isHeld: (id) => held.has(id),
  };
}
