/** What a user of XDP should know of a device beside its modes (measured on Linux 6.18). */
import type { Circumstances } from "./needs.ts";

export function notesOn({
  interface: one,
  offloads,
}: Omit<Circumstances, "cpus" | "channels" | "peerChannels">): string[] {
  const notes: string[] = [];
  if (!one.up) notes.push(`${one.name} is down: nothing arrives here until it is up`);
  if (one.driver === "veth") {
    notes.push(
      "veth: a native redirect into this device arrives only if its peer runs an XDP program or has GRO on; packets sent back with XDP_TX arrive only if the peer runs a program",
    );
    if (offloads.some(({ name, on }) => name === "tx-checksum-ip-generic" && on)) {
      notes.push(
        "transmit checksum offload is on: packets of ordinary sockets sent from here carry partial checksums, which neither native redirect nor XDP_TX completes",
      );
    }
  }
  const old = one.attached.find(({ jited, tag }) => !jited && tag !== "");
  if (old !== undefined) notes.push(`program id ${old.id} runs in the interpreter: net.core.bpf_jit_enable is off`);
  return notes;
}
