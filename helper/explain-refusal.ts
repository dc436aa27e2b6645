/**
 * What the kernel's no to an attach means for this driver and mode, and what to do: by its own words where it has some
 * (net/core/dev.c, kernel/bpf/offload.c and the drivers), else by errno.
 */
import type { Mode } from "../protocol/interfaces.ts";
import { vethPeerMtu } from "../protocol/place-facts.ts";
import type { KernelError } from "./native/kernel-error.ts";

export interface Refused {
  readonly device: string;
  /** of ethtool -i; null where it has none */
  readonly driver: string | null;
  readonly mode: Mode;
  readonly mtu: number | null;
  /** the other end of a veth, in words; null for other devices, and where it cannot be looked at */
  readonly peer: { readonly where: string; readonly mtu: number } | null;
  /** the bpf_link in the way, and who holds it, in words */
  readonly link: { readonly id: number; readonly holders: string } | null;
}

export interface Explained {
  readonly means: string;
  readonly next: string;
}

type Explain = (refused: Refused) => Explained;

const chooseSkb = "choose skb mode, which works on every interface";

/** The first that fits; the kernel's words are those of Linux 4.12 to 6.18. */
const byWords: readonly (readonly [RegExp, Explain])[] = [
  [
    /native and generic xdp can't be active/i,
    ({ mode }) => ({
      means: `a program runs there in ${mode === "skb" ? "native" : "skb"} mode, and the kernel takes one of native and skb at a time`,
      next: "detach that first, or choose the mode that it runs in",
    }),
  ],
  [
    /can't replace active bpf xdp link/i,
    ({ link }) => ({
      means: `what runs there hangs on ${link === null ? "a bpf_link" : `bpf_link ${link.id}${link.holders}`}, and only its holder replaces it`,
      next: `end that process, or take its program off: bpftool link detach id ${link?.id ?? "N"}`,
    }),
  ],
  [
    /mtu/i,
    ({ device, peer, driver, mtu }) => ({
      means: `the MTU ${peer === null ? `${mtu ?? ""} of ${device}` : `${peer.mtu} of its other end ${peer.where}`} is too large, for ${driver ?? "the driver"} gives a program without fragments packets of one page`,
      next: `${driver === "veth" ? `make it at most ${vethPeerMtu}` : "make it smaller, 1500 fits every driver"}, or declare the program SEC("xdp.frags")`,
    }),
  ],
  [
    /number of rx queues not less than peer tx/i,
    ({ device }) => ({
      means: `${device} has fewer receive queues than its other end has transmit queues`,
      next: `give it more, or the other end fewer: ethtool -L ${device} rx N`,
    }),
  ],
  [
    /gro_hw|lro|guest|csum/i,
    ({ device, driver }) => ({
      means: `${driver ?? "the driver"} merges packets or leaves their checksums to others, which a native program cannot work with`,
      next: `turn that off (ethtool -K ${device} lro off, rx-gro-hw off), for a virtio NIC on its host, or ${chooseSkb}`,
    }),
  ],
  [
    /underlying driver does not support xdp|native mode/i,
    ({ driver }) => ({ means: `${driver ?? "its driver"} has no native XDP`, next: chooseSkb }),
  ],
  [
    /bpf_xdp_(devmap|cpumap) programs/i,
    () => ({
      means: "the program is for the values of a devmap or cpumap, and no interface takes it",
      next: 'put it into the map, or declare it SEC("xdp")',
    }),
  ],
  [
    /active program does not match expected|already attached|program already/i,
    () => ({
      means: "something else was attached there in the meantime",
      next: "look again, then choose whether to replace it",
    }),
  ],
  [
    /upper device|master/i,
    () => ({
      means: "a device above this one (a bridge, bond or team) runs a program of its own",
      next: "detach that, or attach there",
    }),
  ],
  [
    /slave|lower/i,
    () => ({
      means: "a device below this one does not take the program",
      next: "detach what runs on its ports, or choose skb mode",
    }),
  ],
  [
    /offloaded|device-bound|bound to different|hw_mode/i,
    ({ device }) => ({
      means: "a program that was loaded for one device runs on that device only, and in hardware mode",
      next: `load it for ${device}: choose hw mode here`,
    }),
  ],
];

/** Only what the suite has seen the kernel say: of other numbers its own words are all that is known. */
const byCode: Readonly<Record<string, Explain>> = {
  EINVAL: ({ driver, mode }) => ({
    means:
      mode === "hw"
        ? `${driver ?? "the driver"} takes no program in its hardware`
        : `${driver ?? "the driver"} found something of the program or of the device that it does not take, mostly the MTU, and has no words for it`,
    next: mode === "hw" ? "choose native or skb mode" : `see dmesg, make the MTU 1500, or ${chooseSkb}`,
  }),
  EOPNOTSUPP: ({ driver, mode }) => ({
    means: `${driver ?? "its driver"} has no ${mode === "hw" ? "hardware" : mode} XDP, or not as it is set up`,
    next: chooseSkb,
  }),
  EEXIST: ({ mode }) => ({
    means: `a program runs there already, in ${mode} mode or in another`,
    next: "look again, then choose whether to replace it",
  }),
  EPERM: () => ({ means: "attaching needs CAP_NET_ADMIN and CAP_BPF", next: "unlock, or start the workbench as root" }),
  ENODEV: ({ device }) => ({ means: `${device} went away`, next: "choose again" }),
};

/** null where there is nothing to add to what the kernel said */
export function explainRefusal(
  { code, extack = "" }: Pick<KernelError, "code" | "extack">,
  refused: Refused,
): Explained | null {
  const fitting = byWords.find(([words]) => words.test(extack))?.[1] ?? byCode[code];
  return fitting?.(refused) ?? null;
}
