/** Takes exactly the program that main named off its place. */
import type * as z from "zod";
import type { Detachment, detachProgramParams } from "../../protocol/attach.ts";
import type { HelperContext } from "../context.ts";
import { explainAt } from "../attaching.ts";
import { naming } from "../failures.ts";
import type { NativeFace } from "../native/face.ts";
import { attachedProgram } from "../programs.ts";
import type { Guards } from "../guard/guards.ts";
import { attachedNow, atPlace, expectAttached } from "./place.ts";
import { openExpected } from "./put-all.ts";
import { unpinUnlessAttached } from "./unpin-unless-attached.ts";

/** A guard that waits for a word about it has nothing left to guard: what was there before does not come back. */
export async function detach(
  context: HelperContext,
  guards: Guards,
  params: z.infer<typeof detachProgramParams>,
): Promise<Detachment> {
  const { place, expected } = params;
  const before = await guards.waitingAt([{ place, mode: expected.mode, expected }]);
  const done = detachNow(context.native, params);
  await guards.supersede(before);
  const previous = before.flatMap(({ targets }) => targets.flatMap((target) => target.previous?.id ?? []));
  await unpinUnlessAttached(context, [expected.id, ...previous]);
  return done;
}

function detachNow(native: NativeFace, { place, expected }: z.infer<typeof detachProgramParams>): Detachment {
  atPlace(native, place, () => expectAttached(native, place, attachedNow(native, place), expected, expected.mode));
  const fd = openExpected(native, expected);
  try {
    const info = native.programInfo(expected.id);
    atPlace(native, place, () =>
      naming(
        {
          doing: `detach ${info.name} (id ${expected.id}) from ${place.name}`,
          ...explainAt(native, place, expected.mode),
        },
        () => native.xdpDetach({ ifindex: place.ifindex, mode: expected.mode, expectedFd: fd }),
      ),
    );
    return { place, program: attachedProgram(expected.mode, info) };
  } finally {
    native.closeFd(fd);
  }
}
