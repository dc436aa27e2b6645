/** xdpw status: interfaces, what their drivers can, and what is attached, like `ip -br link`. */
import { fail } from "../../protocol/failures.ts";
import type { NetworkInterface } from "../../protocol/interfaces.ts";
import { findDevice, listFor, wantedPlace } from "./choose-place.ts";
import { columns } from "./columns.ts";
import type { Answer, CommandContext, Paint } from "./command.ts";
import { interfaceJson } from "./json-shapes.ts";

export async function runStatus(context: CommandContext): Promise<Answer> {
  const { typed, note, paint } = context;
  const { netns, device } = wantedPlace(typed);
  const listing = await listFor(context, netns);
  const chosen =
    device !== null
      ? [findDevice(listing, netns, device)]
      : typed.flags["netns"] === undefined
        ? listing.interfaces
        : listing.interfaces.filter((candidate) => candidate.netns === netns);
  if (chosen.length === 0) {
    const skipped = listing.skipped.find((candidate) => candidate.netns === netns);
    const known = [...new Set(listing.interfaces.flatMap((candidate) => candidate.netns ?? []))];
    return fail({
      kind: "not-found",
      what: "namespace",
      name: netns ?? "",
      message: `namespace ${netns ?? ""}: ${skipped?.why ?? `there is none of that name; there is ${known.join(", ") || "none at all"}`}`,
    });
  }
  if (typed.flags["netns"] === undefined) {
    for (const { netns: name, why } of listing.skipped) note(`namespace ${name ?? "(this)"}: not looked into: ${why}`);
  }
  return { ok: true, text: statusText(chosen, paint), json: { value: chosen.map(interfaceJson) } };
}

export function statusText(devices: readonly NetworkInterface[], paint: Paint): string {
  const withNames = devices.some((device) => device.netns !== null);
  const rows = devices.map((device) => [
    ...(withNames ? [device.netns ?? "-"] : []),
    device.name,
    device.up ? "up" : "down",
    `${device.mtu}`,
    device.driver ?? "-",
    device.modes.join(",") || "-",
    device.attached.length === 0 ? "-" : device.attached.map(sayProgram).join("; "),
  ]);
  const header = [...(withNames ? ["netns"] : []), "interface", "state", "mtu", "driver", "modes", "attached"];
  return columns(header, rows, { head: paint.dim, right: [withNames ? 3 : 2] });
}

function sayProgram({ mode, id, name, tag, jited }: NetworkInterface["attached"][number]): string {
  // Without privilege the kernel tells only that there is one.
  return [mode, `id ${id}`, name, ...(tag === "" ? [] : [`tag ${tag}`]), ...(jited ? ["jited"] : [])]
    .filter((word) => word !== "")
    .join(" ");
}
