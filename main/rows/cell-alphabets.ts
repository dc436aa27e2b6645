/**
 * What texts of a kind of cell can have in them, so that a search passes over columns that cannot hold what is looked for:
 * no MAC address is written to look for 10.3., and no number for 00:0a. Only a no is certain.
 */

/** @param needle in lower case, or what is left of one */
export type CanHold = (needle: string) => boolean;

export const texts: Readonly<Record<"any" | "ipv4" | "ipv6" | "mac" | "bytes", CanHold>> = {
  any: () => true,
  ipv4: (needle) => /^\d{0,3}(\.\d{1,3}){0,3}\.?$/.test(needle),
  ipv6: (needle) => /^[\da-f:.]{0,45}$/.test(needle),
  mac: (needle) => /^[\da-f]{0,2}(:[\da-f]{2}){0,5}(:[\da-f]?)?$/.test(needle),
  bytes: (needle) => /^(0?x)?[\da-f]*$/.test(needle),
};

/** Of whole numbers with so many digits at most. */
export function numbersHold(digits: number, signed: boolean): CanHold {
  const form = signed ? /^-?\d*$/ : /^\d*$/;
  return (needle) => needle.length <= digits + 1 && form.test(needle);
}

/** Of an address, a slash and a length. */
export function prefixesHold(address: CanHold, length: CanHold): CanHold {
  return (needle) => {
    const slash = needle.indexOf("/");
    if (slash < 0) return address(needle) || length(needle);
    return address(needle.slice(0, slash)) && length(needle.slice(slash + 1));
  };
}
