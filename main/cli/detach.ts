/** xdpw detach: takes off what is attached, if it is ours or named by --replace; or all of ours. */
import type { Detachment } from "../../protocol/attach.ts";
import { fail } from "../../protocol/failures.ts";
import type { AttachedProgram, Place } from "../../protocol/interfaces.ts";
import { sayNetns } from "../interfaces/find-interface.ts";
import { replaced } from "./attach.ts";
import { findDevice, listFor, placeOf, wantedPlace } from "./choose-place.ts";
import { type Answer, type CommandContext, flagText } from "./command.ts";
import { programJson } from "./json-shapes.ts";

export async function runDetach(context: CommandContext): Promise<Answer> {
  const { typed, workbench, handlers, paint } = context;
  const { netns } = wantedPlace(typed);
  const device = flagText(typed, "dev");
  const all = typed.flags["all"] === true;
  if (all !== (device === null) || (all && (netns !== null || typed.flags["replace"] !== undefined))) {
    return fail({
      kind: "usage",
      message: "detach: say --dev IF for one interface, or --all alone for everything that is ours",
    });
  }
  if (device === null) return runDetachAll(context);
  const replace = replaced(typed);
  await workbench.helpers.elevated(`detach from ${device} in ${sayNetns(netns)}`);
  const found = findDevice(await listFor(context, netns), netns, device);
  const { place, program } = await handlers["attach.detach"]({ place: placeOf(found), replace }, context);
  const { ifindex, name } = place;
  return {
    ok: true,
    text: `${paint.green("detached")} ${program.name} (id ${program.id}, ${program.mode}) from ${name} in ${sayNetns(netns)}\n`,
    json: { value: { ifindex, name, netns: place.netns, program: programJson(program) } },
  };
}

async function runDetachAll(context: CommandContext): Promise<Answer> {
  const { handlers, paint } = context;
  const { detached, failed } = await handlers["attach.detachAll"]({}, context);
  const lines = [
    ...detached.map(({ place, program }) => `${paint.green("detached")} ${said(place, program)}`),
    ...failed.map(({ place, program, why }) => `${paint.red("stays")} ${said(place, program)}: ${why}`),
    ...(detached.length + failed.length === 0 ? ["nothing of ours is attached"] : []),
  ];
  const json = (one: Pick<Detachment, "place" | "program">) => {
    const { ifindex, name, netns } = one.place;
    return { ifindex, name, netns, program: programJson(one.program) };
  };
  return {
    ok: failed.length === 0,
    text: `${lines.join("\n")}\n`,
    json: { value: { detached: detached.map(json), failed: failed.map((one) => ({ ...json(one), why: one.why })) } },
  };
}

function said(place: Place, program: AttachedProgram): string {
  return `${program.name} (id ${program.id}, ${program.mode}) from ${place.name} in ${sayNetns(place.netns)}`;
}
