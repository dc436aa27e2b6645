/** Takes exactly the program that main named off its place. */
import type { z } from "zod";
import type { Detachment, detachProgramParams } from "../../protocol/attach.ts";
import type { HelperContext } from "../context.ts";
import { naming } from "../failures.ts";
import { attachedProgram } from "../programs.ts";
import { openExpected } from "./attach.ts";
import { attachedNow, atPlace, expectAttached } from "./place.ts";
import { unpinProgArrays } from "./prog-array-pins.ts";

export function detach(
  { native }: Pick<HelperContext, "native">,
  { place, expected }: z.infer<typeof detachProgramParams>,
): Detachment {
  atPlace(native, place, () => expectAttached(native, place, attachedNow(native, place), expected, expected.mode));
  const fd = openExpected(native, expected);
  try {
    const info = native.programInfo(expected.id);
    atPlace(native, place, () =>
      naming({ doing: `detach ${info.name} (id ${expected.id}) from ${place.name}` }, () =>
        native.xdpDetach({ ifindex: place.ifindex, mode: expected.mode, expectedFd: fd }),
      ),
    );
    unpinProgArrays(expected.id);
    return { place, program: attachedProgram(expected.mode, info) };
  } finally {
    native.closeFd(fd);
  }
}
