/** Generic netlink family "ethtool" (include/uapi/linux/ethtool_netlink.h), since Linux 5.6; the reading half of it. */
import type { Answer } from "../../../protocol/interface-details.ts";
import { errnoWords, hasCode, isKernelError } from "../../failures.ts";
import type { NativeFace } from "../../native/face.ts";
import { attributesByType, putNested, putU32 } from "../../netlink/attributes.ts";

/** ETHTOOL_MSG_*_GET; what each is called in ethtool(8) */
export const messages = {
  linkModes: { number: 4, option: "ethtool", since: "5.6" },
  linkState: { number: 6, option: "ethtool", since: "5.6" },
  features: { number: 11, option: "ethtool -k", since: "5.7" },
  rings: { number: 15, option: "ethtool -g", since: "5.7" },
  channels: { number: 17, option: "ethtool -l", since: "5.7" },
  coalescing: { number: 19, option: "ethtool -c", since: "5.7" },
} as const;
export type Message = (typeof messages)[keyof typeof messages];

/** of every message: the nest that names the device */
const deviceHeader = 1;
const deviceIndex = 1;

/**
 * Asks of the device with this number, in the namespace that the thread stands in. What the driver does not have is an
 * answer and not an error. @throws the kernel's ENODEV where the device went away
 */
export function askEthtool<T>(
  native: NativeFace,
  ifindex: number,
  message: Message,
  parse: (attributes: ReadonlyMap<number, Buffer>) => T,
): Answer<T> {
  const attributes = putNested(deviceHeader, putU32(deviceIndex, ifindex));
  try {
    const answers = native.genericQuery("ethtool", message.number, attributes, false);
    if (answers === null)
      return notSupported(`this kernel cannot be asked (${message.option} over netlink: Linux ${message.since})`);
    const [first] = answers;
    if (first === undefined) return notSupported(`the driver answers nothing (${message.option})`);
    return { is: "known", value: parse(attributesByType(first)) };
  } catch (error) {
    return refused(error, message.option);
  }
}

/** What a driver refused; that the device went away is thrown on. */
export function refused(error: unknown, option: string): Exclude<Answer<never>, { is: "known" }> {
  if (!isKernelError(error) || hasCode(error, "ENODEV", "ENXIO")) throw error;
  if (hasCode(error, "EOPNOTSUPP")) return notSupported(`not supported by this driver (${option})`);
  const said = `${errnoWords(error.code, error.errno)} (${error.code})`;
  return { is: "failed", why: error.extack === undefined ? said : `${said}: ${error.extack}` };
}

export function notSupported(why: string): { readonly is: "not-supported"; readonly why: string } {
  return { is: "not-supported", why };
}
