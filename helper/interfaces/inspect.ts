/** One interface as it is right now: link, driver, features, what is attached. Call inside its namespace. */
import type { AttachedProgram, DriverInfo, Mode, NetworkInterface } from "../../protocol/interfaces.ts";
import { hasCode } from "../failures.ts";
import type { NativeFace } from "../native/face.ts";
import { attachedProgram } from "../programs.ts";
import { modeSupport, namesOfFeatures, offeredModes } from "./features.ts";
import type { Link } from "./links.ts";

export interface Inspected {
  readonly interface: NetworkInterface;
  readonly driver: DriverInfo | null;
}

/** null where the interface went away meanwhile */
export function inspect(native: NativeFace, netns: string | null, link: Link): Inspected | null {
  try {
    const driver = native.driverInfo(link.ifname);
    const supported = native.xdpFeatures(link.ifindex);
    const features = supported === null ? null : namesOfFeatures(supported.bits);
    const attached = native.xdpQuery(link.ifindex).map(({ mode, programId }) => describe(native, mode, programId));
    return {
      interface: {
        ifindex: link.ifindex,
        name: link.ifname,
        netns,
        driver: driver?.driver ?? null,
        mac: link.link_type === "ether" ? (link.address ?? null) : null,
        mtu: link.mtu,
        up: link.flags.includes("UP"),
        features,
        modes: offeredModes(modeSupport(features, driver?.driver ?? null)),
        attached,
      },
      driver,
    };
  } catch (error) {
    if (hasCode(error, "ENODEV", "ENXIO", "ENOENT")) return null;
    throw error;
  }
}

/** Without privilege only mode and id are told; a program that ended meanwhile leaves no more either. */
function describe(native: NativeFace, mode: Mode, id: number): AttachedProgram {
  try {
    return attachedProgram(mode, native.programInfo(id));
  } catch (error) {
    if (!hasCode(error, "EPERM", "EACCES", "ENOENT")) throw error;
    return { mode, id, name: "", tag: "", jited: false, loadTime: "0" };
  }
}
