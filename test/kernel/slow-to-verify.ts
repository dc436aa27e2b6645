/** A program that the verifier is at for longer than ten seconds, and ways to see that it is, or is no more. */
import { readdirSync, readFileSync } from "node:fs";

/**
 * Each round of bpf_loop() is compared with the 64 before it, and all of them differ in what is compared last: the
 * counter at the low end of the stack, which the comparison below it makes exact. `rounds` of about 12 instructions each
 * make a million at 83,000: one less is accepted, after the same time. Needs Linux 5.17 and no BTF of the kernel.
 */
export function slowToVerify(program: string, rounds: number = 1 << 22): string {
  return `#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

struct memory {
	__u64 counter;
	__u64 rest[60];
};

static long step(__u32 round, void *given)
{
	struct memory *memory = given;

	memory->counter += 1;
	return 0;
}

SEC("xdp")
int ${program}(struct xdp_md *ctx)
{
	struct memory memory = {};
	volatile __u64 *rest = memory.rest;

#pragma unroll
	for (int i = 0; i < 60; i++)
		rest[i] = *(volatile __u32 *)&ctx->rx_queue_index;
	bpf_loop(${rounds}, step, &memory, 0);
	if (memory.counter > 0xffffffff)
		return XDP_DROP;
	return XDP_PASS;
}

char LICENSE[] SEC("license") = "GPL";
`;
}

/** Of /proc/PID/task/TID/stat, one line a thread: its state, and clock ticks spent in the kernel. */
function threads(pid: number): { readonly state: string; readonly kernelTicks: number }[] {
  const folder = `/proc/${pid}/task`;
  return readdirSync(folder).flatMap((thread) => {
    try {
      const stat = readFileSync(`${folder}/${thread}/stat`, "utf8");
      const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
      return [{ state: fields[0] ?? "", kernelTicks: Number(fields[12]) }];
    } catch {
      return [];
    }
  });
}

const pause = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));

/** Until the process has spent a good part of a second more in the kernel: the verifier is at it. */
export async function untilVerifying(pid: number): Promise<void> {
  const ticks = () => threads(pid).reduce((sum, { kernelTicks }) => sum + kernelTicks, 0);
  const before = ticks();
  while (ticks() < before + 30) await pause(20);
}

/** Until no thread of the process, or none but the caller, is running, ten looks in a row. */
export async function untilIdle(pid: number): Promise<void> {
  const busy = () => threads(pid).filter(({ state }) => state === "R").length;
  const own = pid === process.pid ? 1 : 0;
  for (let quiet = 0; quiet < 10; quiet = busy() <= own ? quiet + 1 : 0) await pause(20);
}
