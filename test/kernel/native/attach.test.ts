import { featuresOf } from "../../../helper/interfaces/netdev.ts";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Pair } from "./support.ts";
import { failureOf, makePair, native, sh, unavailable } from "./support.ts";

describe.skipIf(unavailable)("attach by netlink", () => {
  let pair: Pair;
  let ifindex: number;
  let first: number;
  let second: number;
  const here = <T>(fn: () => T): T => native.inNetns(pair.path, fn);
  const query = () => here(() => native.xdpQuery(ifindex));

  beforeAll(async () => {
    await native.warmPool();
    pair = makePair();
    ifindex = pair.leftIfindex;
    first = native.loadPass("xdpwt_first");
    second = native.loadPass("xdpwt_second");
  });

  afterAll(() => {
    native.closeFd(first);
    native.closeFd(second);
    pair.remove();
  });

  it("attaches, replaces and detaches in native mode, each only over what it expects", () => {
    expect(query()).toEqual([]);
    here(() => native.xdpAttach({ ifindex, mode: "native", programFd: first, expectedFd: null }));
    const [attached] = query();
    expect(attached?.mode).toBe("native");
    expect(native.programInfo(attached?.programId ?? 0).name).toBe("xdpwt_first");
    expect(sh("ip", "-n", pair.netns, "link", "show", pair.left)).toContain(`prog/xdp id ${attached?.programId}`);

    const taken = failureOf(() =>
      here(() => native.xdpAttach({ ifindex, mode: "native", programFd: second, expectedFd: null })),
    );
    expect(taken).toMatchObject({ code: "EEXIST", errno: 17, operation: "RTM_SETLINK" });
    expect(taken.extack).toBe("Active program does not match expected");
    expect(taken.message).toBe(
      `attach to ifindex ${ifindex} in native mode failed: File exists (EEXIST): Active program does not match expected`,
    );

    here(() => native.xdpAttach({ ifindex, mode: "native", programFd: second, expectedFd: first }));
    expect(native.programInfo(query()[0]?.programId ?? 0).name).toBe("xdpwt_second");

    const stale = failureOf(() => here(() => native.xdpDetach({ ifindex, mode: "native", expectedFd: first })));
    expect(stale.code).toBe("EEXIST");
    here(() => native.xdpDetach({ ifindex, mode: "native", expectedFd: second }));
    expect(query()).toEqual([]);
  });

  it("attaches in skb mode, and says why native mode cannot join it", () => {
    here(() => native.xdpAttach({ ifindex, mode: "skb", programFd: first, expectedFd: null }));
    expect(query().map(({ mode }) => mode)).toEqual(["skb"]);
    const both = failureOf(() =>
      here(() => native.xdpAttach({ ifindex, mode: "native", programFd: second, expectedFd: null })),
    );
    expect(both.extack).toContain("Native and generic XDP can't be active at the same time");
    here(() => native.xdpDetach({ ifindex, mode: "skb", expectedFd: first }));
  });

  it("refuses hardware mode where a device cannot offload", () => {
    const error = failureOf(() =>
      here(() => native.xdpAttach({ ifindex, mode: "hw", programFd: first, expectedFd: null })),
    );
    expect(error.operation).toBe("RTM_SETLINK");
    expect(error.message).toMatch(/^attach to ifindex \d+ in hw mode failed: /);
  });

  it("fails on an interface that is gone", () => {
    const ghost = 999_999;
    for (const act of [
      () => native.xdpQuery(ghost),
      () => native.xdpAttach({ ifindex: ghost, mode: "native", programFd: first, expectedFd: null }),
      () => featuresOf(native, ghost),
      () => native.linkOf(ghost),
      () => native.driverInfo(ghost),
      () => native.driverStatistics(ghost),
    ]) {
      expect(failureOf(() => here(act)).code).toBe("ENODEV");
    }
  });

  it("refuses arguments of the wrong kind before the kernel sees them", () => {
    const wrong = { ifindex: "5", mode: "native", programFd: first, expectedFd: null } as never;
    expect(() => native.xdpAttach(wrong)).toThrow("argument ifindex must be a whole number of 32 bits");
    expect(() => native.xdpQuery(-1)).toThrow(TypeError);
    const mode = { ifindex: 5, mode: "auto", programFd: first, expectedFd: null } as never;
    expect(() => native.xdpAttach(mode)).toThrow("argument mode must be native, skb or hw");
  });
});

describe.skipIf(unavailable)("interfaces", () => {
  let pair: Pair;
  beforeAll(async () => {
    await native.warmPool();
    pair = makePair();
  });
  afterAll(() => pair.remove());

  it("reads the XDP features of veth and lo", () => {
    expect(featuresOf(native, native.ifindexOf("lo"))).toMatchObject({ xdp: [], zeroCopyMaxSegments: null });
    const veth = native.inNetns(pair.path, () => featuresOf(native, pair.leftIfindex));
    expect(veth?.xdp).toEqual(["basic", "redirect", "rx-sg"]);
    expect(native.genericQuery("xdpwt-none", 1, Buffer.alloc(0), true)).toBe(null);
  });

  it("detaches what a link attached when the link closes", () => {
    native.inNetns(pair.path, () => {
      const programFd = native.loadPass("linked");
      const link = native.xdpLink({ ifindex: pair.leftIfindex, mode: "native", programFd });
      expect(native.xdpQuery(pair.leftIfindex)).toMatchObject([{ mode: "native" }]);
      native.closeFd(link);
      expect(native.xdpQuery(pair.leftIfindex)).toEqual([]);
      native.closeFd(programFd);
    });
  });

  it("reads the driver as ethtool does", () => {
    const info = native.inNetns(pair.path, () => native.driverInfo(pair.left));
    const text = sh("nsenter", `--net=${pair.path}`, "ethtool", "-i", pair.left);
    const said = Object.fromEntries(
      text
        .trim()
        .split("\n")
        .map((line) => [line.slice(0, line.indexOf(":")), line.slice(line.indexOf(":") + 1).trim()]),
    );
    const yes = (value: boolean | undefined) => (value ? "yes" : "no");
    expect(said).toEqual({
      driver: info?.driver,
      version: info?.version,
      "firmware-version": info?.firmwareVersion,
      "expansion-rom-version": info?.expansionRomVersion,
      "bus-info": info?.busInfo,
      "supports-statistics": yes(info?.supportsStatistics),
      "supports-test": yes(info?.supportsTest),
      "supports-eeprom-access": yes(info?.supportsEepromAccess),
      "supports-register-dump": yes(info?.supportsRegisterDump),
      "supports-priv-flags": yes(info?.supportsPrivateFlags),
    });
    expect(failureOf(() => native.driverInfo("xdpwt-none")).code).toBe("ENODEV");
    expect(failureOf(() => native.driverInfo("a-name-that-is-too-long")).code).toBe("ENODEV");
  });

  it("finds names and numbers in the namespace that it stands in", () => {
    expect(native.inNetns(pair.path, () => native.nameOf(pair.leftIfindex))).toBe(pair.left);
    expect(failureOf(() => native.ifindexOf(pair.left)).code).toBe("ENODEV");
  });
});
