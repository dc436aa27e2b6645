/**
 * From "apply" in the window to the first frame that leaves towards the new next hop: the router template in the lab, under
 * load, its route staged and applied as the window does it, the frames counted behind the other port.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { loadNative } from "../helper/native/load.ts";
import type { BenchWorkbench } from "./start-workbench.ts";
import { median, percentile, say } from "./statistics.ts";

const rounds = 100;
const packetsASecond = 50_000;
const name = `xdpwb${process.pid % 10_000}`;
const key = Buffer.from([24, 0, 0, 0, 198, 51, 100, 0]);
/** the source address of the frames tells the hops apart */
const sources = ["02:00:00:00:01:01", "02:00:00:00:01:02"] as const;
const bytesOf = (mac: string): Buffer => Buffer.from(mac.replaceAll(":", ""), "hex");

export async function benchNextHop(root: string, started: BenchWorkbench): Promise<void> {
  const native = loadNative();
  await native.warmPool();
  const peer = await started.connect();
  const lab = await peer.request("lab.up", { name });
  try {
    const { interfaces } = await peer.request("interfaces.list", {});
    const deviceOf = (netns: string, device: string) => {
      const found = interfaces.find((one) => one.netns === netns && one.name === device);
      if (found === undefined) throw new Error(`${device} is not in ${netns}`);
      return found;
    };
    const [host0 = "", host1 = ""] = lab.hosts;
    const [port0, sender, target] = [deviceOf(lab.box, "port0"), deviceOf(host0, "eth0"), deviceOf(host1, "eth0")];
    const place = { netns: lab.box, name: "port0", ifindex: port0.ifindex };
    const path = join(root, "bpf-templates/ipv4-router/program.bpf.c");
    const input = { path, text: readFileSync(path, "utf8") };
    const attached = await peer.request("attach.attach", {
      input,
      program: null,
      place,
      mode: "native",
      replace: null,
    });
    const idOf = (map: string): number => attached.maps.find((one) => one.name === map)?.id ?? 0;
    const [routes, ports] = [idOf("routes"), idOf("tx_ports")];
    const where = { netns: lab.box, when: "any" as const };
    await peer.request("maps.set", { id: ports, cells: ["1", "port1"], ...where });
    const dst = target.mac ?? "02:00:00:00:02:01";
    await peer.request("maps.set", { id: routes, cells: ["198.51.100.0/24", "1", sources[0], dst, "0"], ...where });

    const patterns = sources.map((mac) => [{ offset: 6, bytes: bytesOf(mac) }]);
    const counter = native.countFrames({ netns: `/run/netns/${host1}`, ifindex: target.ifindex, patterns });
    const frames = frameTo(port0.mac ?? "ff:ff:ff:ff:ff:ff");
    const sending = { netns: `/run/netns/${host0}`, ifindex: sender.ifindex, frames, frameLength: frames.length };
    let ends = false;
    const flood = (async () => {
      while (!ends) await native.sendFrames({ ...sending, count: 5000, rate: packetsASecond });
    })();
    const taken: number[] = [];
    const whole: number[] = [];
    try {
      for (let round = -3; round < rounds; round++) {
        const hop = round & 1;
        const cells = [null, null, sources[hop] ?? "", null, null];
        const edits = [{ do: "replace" as const, key: key.toString("base64"), cells }];
        const { rows } = await peer.request("maps.stage", { id: routes, netns: null, edits });
        const [row] = rows;
        if (row?.is !== "change") {
          if (row?.is === "same") continue;
          throw new Error(`the change of the next hop was not staged: ${JSON.stringify(row)}`);
        }
        const before = counter.counts()[hop] ?? 0;
        const began = performance.now();
        let applied = Number.NaN;
        const done = peer
          .request("maps.apply", { id: routes, netns: null, title: "next hop", changes: [row.change] })
          .then(({ conflictCount }) => {
            applied = performance.now() - began;
            if (conflictCount > 0) throw new Error("the change of the next hop is a conflict");
          });
        while ((counter.counts()[hop] ?? 0) === before) await new Promise((resolve) => setImmediate(resolve));
        const seen = performance.now() - began;
        await done;
        if (round < 0) continue;
        taken.push(seen);
        whole.push(applied);
      }
    } finally {
      ends = true;
      await flood;
      counter.close();
    }
    say("next hop under load: apply to first frame, median", `${median(taken).toFixed(1)} ms`, "<= 50 ms");
    say("next hop under load: apply to first frame, 99 of 100", `${percentile(taken, 99).toFixed(1)} ms`, "<= 50 ms");
    say("next hop under load: apply to its report, median", `${median(whole).toFixed(1)} ms`);
  } finally {
    await peer.request("lab.down", { name });
  }
}

function frameTo(mac: string): Buffer {
  const bytes = Buffer.alloc(60);
  bytesOf(mac).copy(bytes, 0);
  bytes.set([2, 0, 0, 0, 9, 8, 8, 0, 0x45, 0, 0, 46], 6);
  bytes.set([64, 17], 22);
  bytes.set([192, 0, 2, 1, 198, 51, 100, 10], 26);
  return bytes;
}
