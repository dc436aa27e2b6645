/** What the redirect doctor says on a kernel before 6.3, whose veths take redirects and lose them silently. */
import assert from "node:assert/strict";
import { loadNative } from "../../helper/native/load.ts";
import type { RedirectRow } from "../../protocol/redirects.ts";
import { ip } from "./device.ts";
import type { Bench } from "./open-bench.ts";

export const redirectCases: Readonly<Record<string, (bench: Bench) => Promise<void>>> = {
  "the redirect doctor tells ENXIO of a bare veth, and what arrives once its peer runs a program": async (bench) => {
    const { handlers, context } = bench;
    const native = loadNative();
    await native.warmPool();
    ip("link", "add", "in0", "type", "veth", "peer", "name", "sender");
    ip("link", "add", "out0", "index", "99", "type", "veth", "peer", "name", "bare");
    for (const name of ["in0", "sender", "out0", "bare"]) ip("link", "set", "dev", name, "up");
    await bench.attach("redirect", "native", { on: "in0" });
    const frame = Buffer.concat([Buffer.alloc(6, 0xff), Buffer.from("02fc0000000188b5", "hex"), Buffer.alloc(46)]);
    const send = () =>
      native.sendFrames({
        ...{ netns: null, ifindex: native.ifindexOf("sender") },
        ...{ frames: frame, frameLength: frame.length, count: 20, rate: 0 },
      });
    const counted = async (fits: (row: RedirectRow) => boolean): Promise<RedirectRow> => {
      let last: readonly RedirectRow[] = [];
      for (let waited = 0; waited < 100; waited += 1) {
        // the counts of a second ago, until they are those of now
        last = (await handlers["redirects.watch"]({}, context)).rows;
        const found = last.find((row) => row.from?.place?.name === "in0" && fits(row));
        if (found !== undefined) return found;
        await new Promise((resolve) => setTimeout(resolve, 200));
      }
      return assert.fail(`not counted: ${JSON.stringify(last)}`);
    };
    await handlers["redirects.watch"]({}, context);
    await send();
    // or more: the ends of a new veth greet by IPv6
    const lost = await counted(({ drops }) => Number(drops) >= 20);
    assert.equal(lost.tracepoint, "devmap_xmit");
    assert.equal(lost.title, "target has no XDP program: ENXIO");
    assert.deepEqual(
      lost.remedies.map(({ run }) => run?.do),
      ["attach-pass", "set-feature"],
    );
    await bench.attach("pass", "native", { on: "bare" });
    await send();
    const sent = await counted(({ tracepoint, packets }) => tracepoint === "devmap_xmit" && Number(packets) >= 20);
    assert.equal(sent.to?.place?.name, "out0");
    await handlers["redirects.unwatch"]({}, context);
    ip("link", "del", "in0");
    ip("link", "del", "out0");
  },
};
