/** Names of kernel functions by address, from /proc/kallsyms: readable with addresses to root alone (kptr_restrict). */
import { readFile } from "node:fs/promises";

export interface KernelSymbols {
  /** of __bpf_call_base; null where addresses are hidden */
  readonly callBase: bigint | null;
  /** of those asked for, and of what machine code jumps to on its own (retpolines, return thunks) */
  readonly named: readonly { readonly address: bigint; readonly name: string }[];
}

const thunk = /^([0-9a-f]+) \w (__x86_(?:indirect|return)_\w+|\w+_return_thunk)$/gm;

/** @param addressesFor called with __bpf_call_base: helper calls are counted from there */
export async function readKernelSymbols(
  addressesFor: (callBase: bigint) => Iterable<bigint>,
  file = "/proc/kallsyms",
): Promise<KernelSymbols> {
  let text: string;
  try {
    text = await readFile(file, "latin1");
  } catch {
    return { callBase: null, named: [] };
  }
  const base = /^([0-9a-f]+) \w __bpf_call_base$/m.exec(text);
  const callBase = BigInt(`0x${base?.[1] ?? "0"}`);
  if (callBase === 0n) return { callBase: null, named: [] };
  const named = new Map<bigint, string>();
  for (const match of text.matchAll(thunk)) named.set(BigInt(`0x${match[1] ?? "0"}`), match[2] ?? "");
  for (const address of new Set(addressesFor(callBase))) {
    const name = nameAt(text, address);
    if (name !== null) named.set(address, name);
  }
  return { callBase, named: [...named].map(([address, name]) => ({ address, name })) };
}

/** Only functions: a weak or data symbol may share the address. */
function nameAt(text: string, address: bigint): string | null {
  const wanted = `${address.toString(16).padStart(16, "0")} `;
  for (let at = text.indexOf(wanted); at >= 0; at = text.indexOf(wanted, at + 1)) {
    if (at > 0 && text[at - 1] !== "\n") continue;
    const end = text.indexOf("\n", at);
    const match = /^[0-9a-f]+ [tTwW] ([^\s]+)/.exec(text.slice(at, end < 0 ? text.length : end));
    if (match?.[1] !== undefined) return match[1];
  }
  return null;
}
