/**
 * A bpf_link that the kernel refuses comes back with a bare errno; what it would have said it tells a tracepoint
 * (xdp:bpf_xdp_link_attach_failed, since Linux 6.6). Heard by a program of our own, for as long as an attach is tried.
 */
import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { HelperContext } from "../context.ts";
import { isKernelError } from "../failures.ts";
import { holding } from "../ledger.ts";
import type { LoadedObject, NativeFace } from "../native/face.ts";

/** beside the bundle (dist/helper/helper.js), or in the checkout that this source file is in */
const places = ["./link-refusals.bpf.o", "../../dist/helper/link-refusals.bpf.o"];
const tracepoint = "bpf_xdp_link_attach_failed";

/**
 * Runs `attach`, and tells what the kernel said of it; null where it said nothing, or where nobody can listen: an older
 * kernel, one without BPF at tracepoints, a helper that was built without clang. Somebody else's refusal in the same
 * moment is told as ours: the tracepoint names nobody.
 */
export async function hearingLinkWords(
  { native, ledger }: Pick<HelperContext, "native" | "ledger">,
  attach: () => void,
): Promise<string | null> {
  const path = places.map((place) => fileURLToPath(new URL(place, import.meta.url))).find((one) => existsSync(one));
  if (path === undefined) return null;
  const load = (): Promise<LoadedObject> =>
    native.loadObject({
      ...{ bytes: readFileSync(path), name: "link_refusals", program: "keep_words" },
      ...{ asXdp: false, netns: null, offloadIfindex: null, logLevel: 0 },
    });
  try {
    return await holding(
      ledger,
      "words of refused links",
      load,
      (loaded) => loaded.close(),
      (loaded) => listen(native, loaded, attach),
    );
  } catch (error) {
    if (isKernelError(error)) return null;
    throw error;
  }
}

function listen(native: NativeFace, loaded: LoadedObject, attach: () => void): string | null {
  const map = native.openMap(loaded.maps[0]?.id ?? 0);
  try {
    const fd = native.rawTracepoint(tracepoint, loaded.programFd);
    try {
      attach();
    } finally {
      native.closeFd(fd);
    }
    const words = map.lookup(Buffer.alloc(4));
    const text = words?.toString("utf8", 0, words.indexOf(0)) ?? "";
    return text === "" ? null : text;
  } finally {
    map.close();
  }
}
