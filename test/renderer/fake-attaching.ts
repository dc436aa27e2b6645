/** Attaching without fear, as the window sees it: pre-flight, several places, deadlines. */
import type { workbench } from "../../protocol/contracts.ts";
import { fail } from "../../protocol/failures.ts";
import type { Handlers } from "../../protocol/peer.ts";

type Methods =
  | "attach.attachAll"
  | "attach.detachAll"
  | "attach.ours"
  | "attach.preflight"
  | "attach.fix"
  | "guards.list"
  | "guards.confirm"
  | "guards.rollBack";

export function fakeAttaching(): Pick<Handlers<typeof workbench>, Methods> {
  const unknown = (guard: string): never =>
    fail({ kind: "not-found", message: `guard ${guard} is gone`, what: "guard", name: guard });
  return {
    "attach.attachAll": async ({ places }) =>
      fail({ kind: "not-found", message: "no such interface", what: "interface", name: places[0]?.name ?? "" }),
    "attach.detachAll": async () => ({ detached: [], failed: [] }),
    "attach.ours": async () => ({ attachments: [] }),
    "attach.preflight": async ({ places, mode }) => ({
      places: places.map((place) => ({
        place,
        mode: mode === "auto" ? "native" : mode,
        modeWhy: "the kernel reports native support",
        lines: [],
        carries: [],
        confirmWithin: null,
      })),
    }),
    "attach.fix": async () => ({}),
    "guards.list": async () => ({ guards: [] }),
    "guards.confirm": async ({ guard }) => unknown(guard),
    "guards.rollBack": async ({ guard }) => unknown(guard),
  };
}
