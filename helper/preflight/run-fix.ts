/** What the workbench itself can mend before an attach: a closed list, each one message of netlink. */
import { endianness } from "node:os";
import { assertNever, fail } from "../../protocol/failures.ts";
import type { Place } from "../../protocol/interfaces.ts";
import type { Fix } from "../../protocol/preflight.ts";
import { atPlace } from "../attach/place.ts";
import type { HelperContext } from "../context.ts";
import { naming } from "../failures.ts";
import { linkAt } from "../interfaces/links.ts";
import type { NativeFace } from "../native/face.ts";
import { putFlag, putNested, putText, putU32 } from "../netlink/attributes.ts";
import { offloadsOf } from "./neighbour.ts";

const setLink = 19; // RTM_SETLINK
const iflaMtu = 4;
const flagUp = 1;
/** ETHTOOL_MSG_*_SET */
const setFeatures = 12;
const setChannels = 18;
/** ETHTOOL_A_FEATURES_WANTED; of a bit set: its size is told by the kernel, names are enough */
const wanted = 3;
const bitSet = { bits: 3, bit: 1, name: 2, value: 3 } as const;
const channels = { rx: 6, tx: 7, combined: 9 } as const;

/** @throws Failed `kernel` with the kernel's own words, `not-found`, `no-privilege`, `unsupported` */
export function runFix({ native }: Pick<HelperContext, "native">, fix: Fix): void {
  const { place } = fix;
  atPlace(native, place, () => {
    switch (fix.do) {
      case "set-mtu":
        return naming({ doing: `set the MTU of ${place.name} to ${fix.mtu}`, next: mtuAdvice(native, place) }, () =>
          native.routeQuery(setLink, Buffer.concat([linkHeader(place.ifindex, 0), putU32(iflaMtu, fix.mtu)]), false),
        );
      case "set-up":
        return naming({ doing: `set ${place.name} up` }, () =>
          native.routeQuery(setLink, linkHeader(place.ifindex, flagUp), false),
        );
      case "set-feature":
        return setFeature(native, place, fix.feature, fix.on);
      case "set-channels":
        return naming({ doing: `set ${fix.kind} queues of ${place.name} to ${fix.count}` }, () =>
          ask(native, setChannels, place, putU32(channels[fix.kind], fix.count)),
        );
      default:
        return assertNever(fix);
    }
  });
}

/** The kernel answers with what it changed, which is not always what was asked for, and calls that done. */
function setFeature(native: NativeFace, place: Place, feature: string, on: boolean): void {
  const turn = `turn ${feature} ${on ? "on" : "off"} on ${place.name}`;
  const bit = putNested(bitSet.bit, putText(bitSet.name, feature), ...(on ? [putFlag(bitSet.value)] : []));
  naming({ doing: turn }, () => ask(native, setFeatures, place, putNested(wanted, putNested(bitSet.bits, bit))));
  const now = offloadsOf(native, place.ifindex).find(({ name }) => name === feature);
  if (now === undefined || now.on === on) return;
  fail({
    kind: "unsupported",
    feature,
    since: null,
    message: `${turn}: the kernel took the wish, and it is ${now.on ? "on" : "off"} all the same: ${now.fixed ? "the driver has it fixed" : "another feature or a device below it decides"}`,
  });
}

function ask(native: NativeFace, message: number, place: Place, ...attributes: readonly Buffer[]): void {
  const device = putNested(1, putU32(1, place.ifindex));
  const answers = native.genericQuery("ethtool", message, Buffer.concat([device, ...attributes]), false);
  if (answers !== null) return;
  fail({
    kind: "unsupported",
    feature: "ethtool over netlink",
    since: "5.7",
    message: `${place.name}: this kernel cannot be asked over netlink: use the command`,
  });
}

/** struct ifinfomsg: family, type, index, flags, change */
function linkHeader(ifindex: number, flags: number): Buffer {
  const header = Buffer.alloc(16);
  const little = endianness() === "LE";
  const put = (value: number, at: number): number =>
    little ? header.writeUInt32LE(value, at) : header.writeUInt32BE(value, at);
  put(ifindex, 4);
  put(flags, 8);
  put(flags, 12);
  return header;
}

function mtuAdvice(native: NativeFace, { ifindex }: Place): string {
  const link = linkAt(native, ifindex);
  const [least, most] = [link?.minimumMtu ?? null, link?.maximumMtu ?? null];
  return least === null || most === null ? "choose another" : `its driver takes ${least} to ${most}`;
}
