/** Interfaces of every network namespace, what their drivers say, and what is attached. */
import * as z from "zod";
import { id, interfaceName, netns, u32, u64 } from "./wire.ts";

export const mode = z.enum(["native", "skb", "hw"]);
export type Mode = z.infer<typeof mode>;
/** A device's own program runs beside one of its host's; native and skb exclude each other. */
export function sharesPlace(one: Mode, other: Mode): boolean {
  return (one === "hw") === (other === "hw");
}
export const wantedMode = z.enum(["native", "skb", "hw", "auto"]);
export type WantedMode = z.infer<typeof wantedMode>;

/** What `ip link` shows of one attached program. */
export const attachedProgram = z.strictObject({
  mode,
  id,
  name: z.string(),
  /** 16 hex digits */
  tag: z.string(),
  jited: z.boolean(),
  /** ns since boot: with id and tag it tells a program of ours from another */
  loadTime: u64,
});
export type AttachedProgram = z.infer<typeof attachedProgram>;

export const networkInterface = z.strictObject({
  ifindex: id,
  name: interfaceName,
  netns,
  /** of ethtool -i; null where the driver has no ethtool operations */
  driver: z.string().nullable(),
  mac: z.string().nullable(),
  mtu: u32,
  up: z.boolean(),
  /** names of enum netdev_xdp_act (include/uapi/linux/netdev.h); null on kernels before 6.3 */
  features: z.array(z.string()).nullable(),
  modes: z.array(mode),
  attached: z.array(attachedProgram),
});
export type NetworkInterface = z.infer<typeof networkInterface>;

export const interfaceListing = z.strictObject({
  interfaces: z.array(networkInterface),
  /** namespaces that could not be entered, and why */
  skipped: z.array(z.strictObject({ netns, why: z.string() })),
});
export type InterfaceListing = z.infer<typeof interfaceListing>;

/** Something changed, and what to ask for anew: at most four a second, however much changes. */
export const interfacesChange = z.strictObject({ interfaces: z.boolean(), programs: z.boolean() });
export type InterfacesChange = z.infer<typeof interfacesChange>;

/** A place to attach to. ifindex and name are both given: if they no longer belong together, the interface went away. */
export const place = z.strictObject({ netns, ifindex: id, name: interfaceName });
export type Place = z.infer<typeof place>;

export const driverInfo = z.strictObject({
  driver: z.string(),
  version: z.string(),
  firmwareVersion: z.string(),
  expansionRomVersion: z.string(),
  busInfo: z.string(),
  supportsStatistics: z.boolean(),
  supportsTest: z.boolean(),
  supportsEepromAccess: z.boolean(),
  supportsRegisterDump: z.boolean(),
  supportsPrivateFlags: z.boolean(),
});
export type DriverInfo = z.infer<typeof driverInfo>;

/** What came of trying a mode. */
export const modeProbe = z.strictObject({ works: z.boolean(), why: z.string() });
export type ModeProbe = z.infer<typeof modeProbe>;

export const modeSupport = z.strictObject({
  mode,
  /** null where nobody can say */
  supported: z.boolean().nullable(),
  /** where the answer comes from */
  why: z.string(),
  /** what it would take beside that, such as a smaller MTU: expectations, the kernel decides */
  needs: z.array(z.string()),
});
export type ModeSupport = z.infer<typeof modeSupport>;
