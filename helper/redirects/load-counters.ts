/**
 * The doctor's own program, into the kernel and on to the tracepoints. It was built with the helper (build/bundle.mjs)
 * and lies beside it; nobody hands it over.
 */
import { existsSync, readFileSync } from "node:fs";
import { release } from "node:os";
import { fileURLToPath } from "node:url";
import { Failed, fail } from "../../protocol/failures.ts";
import { asFailure, hasCode, isKernelError } from "../failures.ts";
import { olderThan } from "../interfaces/features.ts";
import type { Held, Ledger } from "../ledger.ts";
import type { LoadedObject, NativeFace } from "../native/face.ts";
import type { MapHandle } from "../native/map-face.ts";
import { keySize, tracepoints } from "./rows.ts";

/** beside the bundle (dist/helper/helper.js), or in the checkout that this source file is in */
const places = ["./redirects.bpf.o", "../../dist/helper/redirects.bpf.o"];
const mapName = "xdpw_redirects";
const doing = "count redirects";
/** the arguments of the tracepoints are those of today since then (commit ee75aef23afe) */
const since = "5.13";
const kernelTypes = "/sys/kernel/btf/vmlinux";

export interface Counters {
  readonly map: MapHandle;
  /** takes everything out of the kernel again */
  release(): void;
}

export interface Surroundings {
  readonly kernel: string;
  readonly hasKernelTypes: boolean;
  /** null where the helper was built without clang */
  readonly object: Buffer | null;
}

export function surroundings(): Surroundings {
  const found = places.map((place) => fileURLToPath(new URL(place, import.meta.url))).find((path) => existsSync(path));
  return {
    kernel: release(),
    hasKernelTypes: existsSync(kernelTypes),
    object: found === undefined ? null : readFileSync(found),
  };
}

export async function loadCounters(
  { native, ledger }: { readonly native: NativeFace; readonly ledger: Ledger },
  around: Surroundings = surroundings(),
): Promise<Counters> {
  const bytes = usable(around);
  const held: Held[] = [];
  const release = (): void => {
    for (const one of held.toReversed()) one.release();
  };
  try {
    let map: MapHandle | null = null;
    for (const tracepoint of tracepoints) {
      const loaded: LoadedObject = await native.loadObject({
        bytes,
        name: mapName,
        program: `count_${tracepoint}`,
        ...{ asXdp: false, netns: null, offloadIfindex: null, logLevel: 0 },
        ...(map === null ? {} : { reuseMaps: { [mapName]: map.info.id } }),
      });
      const object = ledger.hold(`program of tracepoint xdp_${tracepoint}`, () => loaded.close());
      try {
        if (map === null) {
          const opened = native.openMap(loaded.maps[0]?.id ?? 0);
          held.push(ledger.hold(`map ${mapName}`, () => opened.close()));
          // the row of what finds no place must be there before the map is full
          opened.update(Buffer.alloc(keySize), Buffer.alloc(opened.valueStride), "any");
          map = opened;
        }
        const fd = native.rawTracepoint(`xdp_${tracepoint}`, loaded.programFd);
        held.push(ledger.hold(`tracepoint xdp_${tracepoint}`, () => native.closeFd(fd)));
      } finally {
        // the tracepoint keeps the program, and the program its map
        object.release();
      }
    }
    if (map === null) throw new Error("there is no tracepoint to count");
    return { map, release };
  } catch (error) {
    release();
    throw refusal(error);
  }
}

function usable({ kernel, hasKernelTypes, object }: Surroundings): Buffer {
  if (olderThan(kernel, since)) {
    fail({
      kind: "unsupported",
      message: `${doing}: the tracepoints of XDP tell what is needed since Linux ${since}, and this is Linux ${kernel}`,
      feature: "tracepoints of XDP",
      since,
    });
  }
  if (!hasKernelTypes) {
    fail({
      kind: "unsupported",
      message: `${doing}: there is no ${kernelTypes}: this kernel was built without CONFIG_DEBUG_INFO_BTF; install one with it`,
      feature: "CONFIG_DEBUG_INFO_BTF",
      since: null,
    });
  }
  if (object === null) {
    return fail({
      kind: "missing-tool",
      message: `${doing}: the workbench was built without clang, and so without the program that counts: install clang, then run npm run setup`,
      tool: "clang",
      package: "clang",
    });
  }
  return object;
}

function refusal(error: unknown): unknown {
  if (!isKernelError(error)) return error;
  // kernel/bpf/syscall.c does not know the type of program; a verifier that refuses says more
  const unknownType = hasCode(error, "EINVAL") && (error.log ?? "") === "";
  if (unknownType || hasCode(error, "ENOENT")) {
    return new Failed({
      kind: "unsupported",
      message: `${doing}: this kernel runs no BPF programs at tracepoints: it was built without CONFIG_BPF_EVENTS; install one with it`,
      feature: "CONFIG_BPF_EVENTS",
      since: "4.17",
    });
  }
  return new Failed(asFailure(error, { doing, next: "see what the kernel adds, and dmesg" }));
}
