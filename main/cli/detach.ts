/** xdpw detach: takes off what is attached, if it is ours or named by --replace. */
import { sayNetns } from "../interfaces/find-interface.ts";
import { replaced } from "./attach.ts";
import { findDevice, listFor, placeOf, wantedPlace } from "./choose-place.ts";
import { type Answer, type CommandContext, neededFlag } from "./command.ts";
import { programJson } from "./json-shapes.ts";

export async function runDetach(context: CommandContext): Promise<Answer> {
  const { typed, workbench, handlers, paint } = context;
  const { netns } = wantedPlace(typed);
  const device = neededFlag(typed, "dev");
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
