/** The watch of links: told once until it is armed again, and what the kernel had to drop is known. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { LinkWatch } from "../../../helper/native/face.ts";
import { failureOf, makePair, native, openDescriptors, type Pair, sh, unavailable, until } from "./support.ts";

describe.skipIf(unavailable)("watch of links", () => {
  let pair: Pair;
  let watch: LinkWatch;
  let id = 0;
  const told: [number, string][] = [];
  beforeAll(async () => {
    await native.warmPool();
    pair = makePair();
    watch = native.watchLinks((one, what) => told.push([one, what]));
    id = watch.add(pair.path, null);
  });
  afterAll(() => {
    watch.close();
    pair.remove();
  });
  const change = (mtu: number) => sh("ip", "-n", pair.netns, "link", "set", pair.left, "mtu", String(mtu));

  it("tells once, and again after it was armed again", async () => {
    change(1400);
    await until(() => told.length > 0);
    change(1401);
    change(1402);
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(told).toEqual([[id, "changed"]]);
    expect(watch.rearm(id)).toBe(false);
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(told.length).toBe(1);
    change(1403);
    await until(() => told.length > 1);
    expect(told.length).toBe(2);
  });

  it("knows that the kernel dropped some (ENOBUFS)", async () => {
    const lines = Array.from(
      { length: 600 },
      (_line, index) => `link set dev ${pair.left} mtu ${1300 + (index % 100)}`,
    );
    sh("sh", "-c", `printf '${lines.join("\\n")}\\n' | ip -n ${pair.netns} -batch -`);
    expect(watch.rearm(id)).toBe(true);
    expect(watch.rearm(id)).toBe(false);
  });

  it("refuses namespaces and processes that are not there, and keeps nothing open", () => {
    const before = openDescriptors();
    expect(failureOf(() => watch.add("/run/netns/xdpwt-none", null)).code).toBe("ENOENT");
    expect(failureOf(() => watch.add(pair.path, 0x7fff_fffe)).code).toBe("ESRCH");
    const other = watch.add(null, process.pid);
    watch.remove(other);
    watch.remove(12_345);
    expect(watch.rearm(12_345)).toBe(false);
    expect(openDescriptors()).toBe(before);
    const short = native.watchLinks(() => undefined);
    short.close();
    short.close();
    expect(failureOf(() => short.add(null, null)).code).toBe("EBADF");
    expect(openDescriptors()).toBe(before);
  });
});
