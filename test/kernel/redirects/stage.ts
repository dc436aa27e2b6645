/**
 * Three namespaces in a row, of two veth pairs: a sender, a box that XDP programs run in, and a receiver behind it.
 * The ifindexes of the box are those of the receiver too, so that only the namespace tells them apart.
 */
import type { LoadedObject } from "../../../helper/native/face.ts";
import { compile, loading, native, sh } from "../native/support.ts";
import { uniqueName } from "../helper/harness.ts";

export interface End {
  readonly netns: string;
  readonly name: string;
  readonly ifindex: number;
}

export interface Stage {
  readonly sender: End;
  /** of the box: where packets come in, and where they should leave */
  readonly port0: End;
  readonly port1: End;
  readonly receiver: End;
  /** runs this program of `programs` on port0; takes the place of the one before */
  run(program: string, mode?: "native" | "skb"): Promise<void>;
  /** sets one entry of a map of the running program, in the box */
  set(map: string, key: number, ...value: readonly number[]): void;
  /** the descriptor of a further program of `programs`, for an entry of a map; closed with the stage */
  load(program: string): Promise<number>;
  send(count: number, bytes?: number): Promise<void>;
  remove(): void;
}

/** the ifindex of port1 in the box is 3 */
export const programs = `
struct { __uint(type, BPF_MAP_TYPE_DEVMAP); __uint(max_entries, 8); __type(key, __u32); __type(value, __u32); } tx_ports SEC(".maps");
struct { __uint(type, BPF_MAP_TYPE_CPUMAP); __uint(max_entries, 8); __type(key, __u32); __type(value, struct bpf_cpumap_val); } cpus SEC(".maps");
SEC("xdp") int to_ifindex(struct xdp_md *ctx) { return bpf_redirect(3, 0); }
SEC("xdp") int to_nowhere(struct xdp_md *ctx) { return bpf_redirect(4711, 0); }
SEC("xdp") int to_port(struct xdp_md *ctx) { return bpf_redirect_map(&tx_ports, 0, 0); }
SEC("xdp") int to_cpu(struct xdp_md *ctx) { return bpf_redirect_map(&cpus, 0, 0); }
SEC("xdp") int gives_up(struct xdp_md *ctx) { return XDP_ABORTED; }
SEC("xdp") int seventy_seven(struct xdp_md *ctx) { return 77; }
SEC("xdp/cpumap") int drops(struct xdp_md *ctx) { return XDP_DROP; }
SEC("xdp") int back(struct xdp_md *ctx) { return XDP_TX; }
`;

const within = (netns: string): string => `/run/netns/${netns}`;

export async function makeStage(): Promise<Stage> {
  await native.warmPool();
  const [left, box, right] = [uniqueName(), uniqueName(), uniqueName()];
  const [senderName, inName, outName, receiverName] = [uniqueName(), uniqueName(), uniqueName(), uniqueName()];
  for (const netns of [left, box, right]) {
    sh("ip", "netns", "add", netns);
    sh("ip", "netns", "exec", netns, "sysctl", "-qw", "net.ipv6.conf.default.disable_ipv6=1");
  }
  sh("ip", "-n", box, "link", "add", inName, "index", "2", "type", "veth", "peer", "name", senderName, "netns", left);
  sh(
    "ip",
    "-n",
    box,
    "link",
    "add",
    outName,
    "index",
    "3",
    "type",
    "veth",
    "peer",
    "name",
    receiverName,
    "netns",
    right,
  );
  const end = (netns: string, name: string): End => {
    sh("ip", "-n", netns, "link", "set", name, "up");
    return { netns, name, ifindex: native.inNetns(within(netns), () => native.ifindexOf(name)) };
  };
  const [sender, port0, port1, receiver] = [
    end(left, senderName),
    end(box, inName),
    end(box, outName),
    end(right, receiverName),
  ];
  const object = compile(programs);
  let loaded: LoadedObject | null = null;
  const further: LoadedObject[] = [];
  let running: "native" | "skb" = "native";
  const inBox = <T>(what: () => T): T => native.inNetns(within(box), what);
  return {
    ...{ sender, port0, port1, receiver },
    async run(program, mode = "native") {
      const next = await native.loadObject(loading(object, program, { netns: within(box) }));
      const before = loaded;
      inBox(() => {
        if (before !== null) native.xdpDetach({ ifindex: 2, mode: running, expectedFd: before.programFd });
        native.xdpAttach({ ifindex: 2, mode, programFd: next.programFd, expectedFd: null });
      });
      before?.close();
      loaded = next;
      running = mode;
    },
    async load(program) {
      const one = await native.loadObject(loading(object, program, { netns: within(box) }));
      further.push(one);
      return one.programFd;
    },
    set(map, key, ...value) {
      const id = loaded?.maps.find(({ name }) => name === map)?.id ?? 0;
      const handle = native.openMap(id);
      const bytes = (...numbers: readonly number[]): Buffer => Buffer.from(new Uint32Array(numbers).buffer);
      inBox(() => handle.update(bytes(key), bytes(...value), "any"));
      handle.close();
    },
    async send(count, bytes = 64) {
      // to everybody, of an EtherType for experiments (IEEE 802): no stack answers
      const frame = Buffer.concat([
        Buffer.alloc(6, 0xff),
        Buffer.from("02fc0000000188b5", "hex"),
        Buffer.alloc(bytes - 14),
      ]);
      const { netns, ifindex } = sender;
      await native.sendFrames({ netns: within(netns), ifindex, frames: frame, frameLength: bytes, count, rate: 0 });
    },
    remove() {
      loaded?.close();
      for (const one of further) one.close();
      sh("ip", "-n", box, "link", "del", inName);
      sh("ip", "-n", box, "link", "del", outName);
      for (const netns of [left, box, right]) sh("ip", "netns", "del", netns);
    },
  };
}
