/** xdpw lab up, down and status. */
import { labName, type LabStatus } from "../../protocol/lab.ts";
import { columns } from "./columns.ts";
import { checked } from "./checked.ts";
import { type Answer, type CommandContext, flagText, type Paint, type Typed } from "./command.ts";

/** @throws Failed `usage` */
export function wantedLab(typed: Typed): string | null {
  return checked(labName, flagText(typed, "name"), "--name", "letters, digits and hyphens, at most 40");
}

export async function runLabUp(context: CommandContext): Promise<Answer> {
  const status = await context.handlers["lab.up"]({ name: wantedLab(context.typed) }, context);
  return answer(status, context.paint, status.state === "up");
}

export async function runLabDown(context: CommandContext): Promise<Answer> {
  const status = await context.handlers["lab.down"]({ name: wantedLab(context.typed) }, context);
  return answer(status, context.paint, status.state === "down");
}

export async function runLabStatus(context: CommandContext): Promise<Answer> {
  const status = await context.handlers["lab.status"]({ name: wantedLab(context.typed) }, context);
  return answer(status, context.paint, true);
}

function answer(status: LabStatus, paint: Paint, ok: boolean): Answer {
  return { ok, text: labText(status, paint), json: { value: status } };
}

export function labText({ name, state, box, ports, note }: LabStatus, paint: Paint): string {
  const colour = { up: paint.green, down: paint.dim, leftover: paint.yellow }[state];
  const lines = [`lab ${name ?? box}: ${colour(state)}${note === "" ? "" : ` (${note})`}\n`];
  if (ports.length > 0) {
    const rows = ports.map((port) => [port.netns, port.interface, `${port.ifindex}`, port.mac, port.ipv4, port.ipv6]);
    lines.push(
      columns(["netns", "interface", "ifindex", "mac", "ipv4", "ipv6"], rows, { head: paint.dim, right: [2] }),
    );
  }
  return lines.join("");
}
