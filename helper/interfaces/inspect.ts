/** One interface as it is right now: link, driver, features, what is attached. Call inside its namespace. */
import type { XdpFeatures } from "../../protocol/interface-details.ts";
import type { AttachedProgram, DriverInfo, Mode, NetworkInterface } from "../../protocol/interfaces.ts";
import { hasCode } from "../failures.ts";
import type { NativeFace } from "../native/face.ts";
import { attachedProgram } from "../programs.ts";
import { modeSupport, offeredModes } from "./features.ts";
import type { Link } from "./links.ts";

export interface Inspected {
  readonly interface: NetworkInterface;
  readonly driver: DriverInfo | null;
}

/**
 * null where the interface went away meanwhile.
 * @param features null where the kernel cannot be asked
 */
export function inspect(
  native: NativeFace,
  netns: string | null,
  link: Link,
  features: XdpFeatures | null,
): Inspected | null {
  try {
    const driver = native.driverInfo(link.ifindex);
    const reported = features?.xdp ?? null;
    const evidence = { features: reported, driver: driver?.driver ?? null };
    return {
      interface: {
        ifindex: link.ifindex,
        name: link.name,
        netns,
        driver: driver?.driver ?? null,
        mac: link.hardware === "ether" ? link.address : null,
        mtu: link.mtu,
        up: link.up,
        features: reported === null ? null : [...reported],
        modes: offeredModes(modeSupport(evidence)),
        attached: link.attached.map(({ mode, programId }) => describe(native, mode, programId)),
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
