/** object ─packets▶ actions: each case in a load of its own, run by the kernel without an interface, and closed again. */
import type { CancellationToken } from "vscode-jsonrpc";
import { Failed } from "../protocol/failures.ts";
import {
  largestPacket,
  leastPacket,
  type PacketCase,
  type PacketOutcome,
  type PacketsRunParams,
} from "../protocol/packets.ts";
import { abortSignal } from "./abort-signal.ts";
import type { HelperContext } from "./context.ts";
import { asFailure, isKernelError, naming } from "./failures.ts";
import { mapTypeName } from "./kernel-names.ts";
import { inNamespace, namespacePath } from "./namespaces.ts";
import type { LoadedObject, LoadOptions } from "./native/face.ts";
import type { MapHandle } from "./native/map-face.ts";
import { refusedLoad } from "./verify.ts";

type Context = Pick<HelperContext, "native" | "ledger">;

/** in base64 this and its envelope stay well under the largest message */
const largestAnswer = 16 * 1024 * 1024;

export async function runPackets(
  context: Context,
  params: PacketsRunParams,
  token: CancellationToken,
): Promise<{ outcomes: PacketOutcome[] }> {
  const options: LoadOptions = {
    bytes: Buffer.from(params.object, "base64"),
    name: params.name,
    program: params.program,
    asXdp: params.asXdp,
    asInterface: params.asInterface === true,
    netns: namespacePath(params.netns),
    offloadIfindex: null,
    logLevel: 0,
    signal: abortSignal(token),
  };
  // a namespace that is gone is said once, by its name
  inNamespace(context.native, params.netns, () => undefined);
  const outcomes: PacketOutcome[] = [];
  let bytes = 0;
  for (const [index, one] of params.cases.entries()) {
    if (token.isCancellationRequested) {
      throw new Failed({ kind: "cancelled", message: `run packets on ${params.program}: cancelled` });
    }
    const outcome = await runCase(context, params, options, one);
    bytes += sizeOf(outcome);
    if (bytes > largestAnswer) {
      const message = `run packets on ${params.program}: what came of case ${index + 1} exceeds ${largestAnswer} bytes: ask for fewer cases at once`;
      throw new Failed({ kind: "too-large", message, limit: largestAnswer });
    }
    outcomes.push(outcome);
  }
  return { outcomes };
}

async function runCase(
  { native, ledger }: Context,
  params: PacketsRunParams,
  options: LoadOptions,
  one: PacketCase,
): Promise<PacketOutcome> {
  const loaded = await load({ native, ledger }, params, options);
  const held = ledger.hold(`packets on ${params.program}`, () => loaded.close());
  const sockets: { release(): void }[] = [];
  try {
    withMaps({ native, ledger }, loaded, one.entries, (handle, { map, key, value }) => {
      const { info, valueStride } = handle;
      const keyBytes = sized(key, info.keySize, `key of map ${map}`);
      let bytes: Buffer;
      if (value === null) {
        if (mapTypeName(info.type) !== "xskmap") return refuse(`map ${map} takes no AF_XDP socket: it is no xskmap`);
        const fd = naming({ doing: "open an AF_XDP socket" }, () => native.xdpSocket());
        sockets.push(ledger.hold("AF_XDP socket", () => native.closeFd(fd)));
        bytes = Buffer.alloc(4);
        if (littleEndian) bytes.writeUInt32LE(fd);
        else bytes.writeUInt32BE(fd);
      } else bytes = sized(value, valueStride, `value of map ${map}`);
      inNamespace(native, params.netns, () =>
        naming({ doing: `set an entry of map ${map}` }, () => handle.update(keyBytes, bytes, "any")),
      );
    });
    const run = (packet: string) => {
      const data = Buffer.from(packet, "base64");
      if (data.length < leastPacket || data.length > largestPacket) {
        return refuse(`a packet has ${leastPacket} to ${largestPacket} bytes, not ${data.length}`);
      }
      const { context } = one;
      return inNamespace(native, params.netns, () =>
        naming({ doing: `run ${params.program} on a packet of ${data.length} bytes`, next: whyInvalid(one) }, () =>
          native.testRun(loaded.programFd, context === null ? { data } : { data, context }),
        ),
      );
    };
    for (const { packet, count } of one.before) for (let done = 0; done < count; done++) run(packet);
    const { retval, data, duration } = run(one.packet);
    const values = withMaps({ native, ledger }, loaded, one.read, (handle, { map, key }) => {
      const bytes = sized(key, handle.info.keySize, `key of map ${map}`);
      const value = naming({ doing: `look up in map ${map}` }, () => handle.lookup(bytes));
      return value?.toString("base64") ?? null;
    });
    return { ran: true, action: retval, packet: data.toString("base64"), nanoseconds: duration, values };
  } catch (error) {
    if (error instanceof Failed) return { ran: false, message: error.failure.message };
    if (isKernelError(error)) return { ran: false, message: asFailure(error, { doing: "run packets" }).message };
    throw error;
  } finally {
    for (const socket of sockets) socket.release();
    held.release();
  }
}

async function load({ native }: Context, params: PacketsRunParams, options: LoadOptions): Promise<LoadedObject> {
  try {
    return await native.loadObject(options);
  } catch (error) {
    if (!isKernelError(error)) throw error;
    const refused = refusedLoad(error, params.program, params.name, native.capabilities());
    if (refused !== null) throw new Failed(refused);
    const log = error.log ?? error.libbpf ?? "";
    if (params.asInterface === true && /invalid bpf_context access/.test(log)) {
      const message = `run packets on ${params.program}: the kernel test-runs programs of interfaces only, and as one it may not read egress_ifindex: move what reads it into a function of its own, or test it with packets on veth`;
      throw new Failed({ kind: "unsupported", message, feature: "test runs of devmap programs", since: null });
    }
    const message = `load ${params.program}: the verifier rejects it`;
    throw new Failed({ kind: "rejected", message, diagnostics: [], log });
  }
}

/** Opens each map once for all that is asked of it, and closes it again. */
function withMaps<E extends { readonly map: string }, R>(
  { native, ledger }: Context,
  loaded: LoadedObject,
  wanted: readonly E[],
  use: (handle: MapHandle, wanted: E) => R,
): R[] {
  const open = new Map<string, MapHandle>();
  const held: { release(): void }[] = [];
  try {
    return wanted.map((one) => {
      let handle = open.get(one.map);
      if (handle === undefined) {
        const found = loaded.maps.find(({ name }) => name === one.map);
        if (found === undefined) return refuse(`the object has no map ${one.map}`);
        const opened = naming({ doing: `open map ${one.map}` }, () => native.openMap(found.id));
        held.push(ledger.hold(`map ${one.map}`, () => opened.close()));
        open.set(one.map, opened);
        handle = opened;
      }
      return use(handle, one);
    });
  } finally {
    for (const one of held) one.release();
  }
}

const littleEndian = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1;

function sized(base64: string, size: number, what: string): Buffer {
  const bytes = Buffer.from(base64, "base64");
  return bytes.length === size ? bytes : refuse(`${what}: it has ${size} bytes, not ${bytes.length}`);
}

function refuse(message: string): never {
  throw new Failed({ kind: "bad-value", message, field: "" });
}

/** The kernel has one errno for all that it does not take. */
function whyInvalid({ context }: PacketCase): string {
  if (context !== null) return "is there such an interface, and does it have that receive queue?";
  return "a packet of more than a page needs a kernel that tests fragments: make it shorter";
}

function sizeOf(outcome: PacketOutcome): number {
  if (!outcome.ran) return outcome.message.length;
  return outcome.packet.length + outcome.values.reduce((sum, value) => sum + (value?.length ?? 0), 0);
}
