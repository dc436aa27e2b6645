/** What runs there already: another program, another mode, a bpf_link. */
import { type AttachedProgram, type Mode, sharesPlace } from "../../../protocol/interfaces.ts";
import type { PlaceFacts } from "../../../protocol/place-facts.ts";
import type { PreflightLine } from "../../../protocol/preflight.ts";
import { ip, xdpwPlace } from "../../commands/shell.ts";
import { command, type LineFix } from "./fix-words.ts";

const linkMode: Readonly<Record<Mode, string>> = { native: "xdpdrv", skb: "xdpgeneric", hw: "xdpoffload" };

export function occupiedLines(
  place: PlaceFacts,
  mode: Mode,
  isOurs: (program: AttachedProgram) => boolean,
): PreflightLine[] {
  const others = place.interface.attached.filter((one) => sharesPlace(one.mode, mode));
  return others.flatMap((one) => {
    const link = place.links.find(({ program }) => program === one.id);
    return link === undefined ? [programLine(place, mode, one, isOurs(one))] : [linkLine(place, one, link)];
  });
}

function programLine(
  { interface: device }: PlaceFacts,
  mode: Mode,
  { id, name, mode: other }: AttachedProgram,
  ours: boolean,
): PreflightLine {
  const what = `${name || "a program"} (id ${id}, ${other})`;
  const detach: LineFix = {
    ...command(`take ${what} off`, [...ip(device.netns), "link", "set", "dev", device.name, linkMode[other], "off"]),
  };
  const base = {
    about: "program-in-the-way",
    evidence: "the kernel's answer (rtnetlink)",
    expectation: false,
  } as const;
  if (!ours) {
    const between =
      other === mode
        ? ""
        : ` The kernel takes one of native and skb at a time: between the two nothing runs for a moment.`;
    const text = `${what} runs here, which the workbench did not attach: it is replaced only when you say so.${between}`;
    return { ...base, weight: "stops", text, fixes: [detach] };
  }
  if (other === mode)
    return { ...base, weight: "fine", text: `${what} is replaced in one step, without a gap.`, fixes: [] };
  const text = `${what} runs here, and the kernel takes one of native and skb at a time: it is detached, then the new one attached, and nothing runs for a moment in between. If that fails it is put back.`;
  return { ...base, weight: "costs", text, fixes: [] };
}

function linkLine(
  { interface: device }: PlaceFacts,
  { id, name, mode }: AttachedProgram,
  { link, holders }: PlaceFacts["links"][number],
): PreflightLine {
  const holder =
    holders.length === 0
      ? "no process holds it that can be seen: it is pinned in a BPF file system, or its holder is out of sight"
      : `held open by ${holders.map(({ name: process, pid }) => `${process || "a process"} (pid ${pid})`).join(", ")}`;
  return {
    about: "link-in-the-way",
    weight: "stops",
    text: `${name || "A program"} (id ${id}, ${mode}) hangs on bpf_link ${link}, ${holder}: the kernel replaces it for nobody else (EBUSY, "Can't replace active BPF XDP link").`,
    evidence: "the kernel's answer (BPF_LINK_GET_INFO_BY_ID), and /proc/PID/fdinfo",
    expectation: false,
    fixes: [
      ...holders.map(({ name: process, pid }) => command(`end ${process || "its holder"}`, ["kill", `${pid}`])),
      command("take the link's program off, and leave the link", ["bpftool", "link", "detach", "id", `${link}`]),
      command("look again", ["xdpw", "status", ...xdpwPlace(device)]),
    ],
  };
}
