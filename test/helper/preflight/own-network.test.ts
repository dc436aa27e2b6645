import { describe, expect, it } from "vitest";
import { explainRefusal } from "../../../helper/explain-refusal.ts";
import { defaultDevices } from "../../../helper/netlink/routes.ts";
import { restsOn } from "../../../helper/preflight/own-network.ts";
import { addressText, parseConnections } from "../../../helper/preflight/tcp-connections.ts";

const link = (ifindex: number, more: { master?: number; lower?: number; lowerNetnsid?: number } = {}) => ({
  ...{ ifindex, kind: null, master: null, lower: null, lowerNetnsid: null },
  ...more,
});

describe("what rests on a device", () => {
  it("goes through bridges, VLANs and both ends of a veth, and round no circle", () => {
    const links = [
      link(1),
      link(2, { master: 3 }),
      link(3),
      link(4, { lower: 3 }),
      link(5, { lower: 6 }),
      link(6, { lower: 5 }),
    ];
    expect(restsOn(links, 4, 2)).toBe(true);
    expect(restsOn(links, 3, 2)).toBe(true);
    expect(restsOn(links, 2, 3)).toBe(false);
    expect(restsOn(links, 4, 1)).toBe(false);
    expect(restsOn(links, 5, 6)).toBe(true);
    expect(restsOn(links, 5, 1)).toBe(false);
    expect(restsOn([link(7, { lower: 2, lowerNetnsid: 0 }), link(2)], 7, 2)).toBe(false);
  });
});

describe("connections of /proc/net/tcp", () => {
  const line = (local: string, remote: string, state = "01") =>
    `   0: ${local} ${remote} ${state} 00000000:00000000 00:00000000 00000000     0        0 4242 1 0`;

  it("are those that stand, and go elsewhere", () => {
    const text = [
      "  sl  local_address rem_address   st",
      line("0100000A:0016", "0700000A:C350"),
      line("0100007F:0016", "0100007F:C350"),
      line("0100000A:0016", "0700000A:C350", "06"),
      line("0000000000000000FFFF00000100000A:0016", "0000000000000000FFFF00000900000A:C350"),
      line("B80D01200000000000000000010000:0016", "zz"),
      "",
    ].join("\n");
    const found = parseConnections(text);
    expect(found.map(({ remote }) => addressText(remote))).toEqual(["10.0.0.7", "10.0.0.9"]);
    expect(found[0]).toMatchObject({ localPort: 22, inode: "4242" });
    expect(addressText(Buffer.from("20010db8000000000000000000000007", "hex"))).toBe("2001:db8::7");
  });

  it("any text gives a list", () => {
    for (const text of ["", "x", "\n\n", "1: 2 3 4 5 6 7 8 9 10"]) expect(parseConnections(text)).toEqual([]);
  });
});

describe("a route message", () => {
  it("that is cut off, or goes nowhere, is no default route", () => {
    expect(defaultDevices(Buffer.alloc(0))).toEqual([]);
    expect(defaultDevices(Buffer.alloc(11))).toEqual([]);
    const unreachable = Buffer.alloc(12);
    unreachable.writeUInt8(7, 7);
    expect(defaultDevices(unreachable)).toEqual([]);
    const hops = Buffer.alloc(12 + 4 + 3);
    hops.writeUInt8(1, 7);
    hops.writeUInt16LE(7, 12);
    hops.writeUInt16LE(9, 14);
    expect(defaultDevices(hops)).toEqual([]);
  });
});

describe("a refusal without words", () => {
  const refused = { device: "eth0", driver: "ice", mode: "native", mtu: 9000, peer: null, link: null } as const;

  it("is told by its errno, for this driver and mode", () => {
    for (const code of ["EINVAL", "EOPNOTSUPP", "EEXIST", "EPERM", "ENODEV"]) {
      const told = explainRefusal({ code }, refused);
      expect(told?.means).toMatch(/./);
      expect(told?.next).toMatch(/./);
      // the window takes sentences apart there
      expect(`${told?.means}${told?.next}`).not.toContain(";");
    }
    expect(explainRefusal({ code: "EOPNOTSUPP" }, refused)?.means).toMatch(/^ice has no/);
    expect(explainRefusal({ code: "EIO" }, refused)).toBe(null);
  });

  it("words come before numbers", () => {
    const words = (extack: string) => explainRefusal({ code: "EINVAL", extack }, refused);
    expect(words("MTU too large for XDP")?.means).toBe(
      "the MTU 9000 of eth0 is too large, for ice gives a program without fragments packets of one page",
    );
    expect(words("Can't set XDP while host is implementing GRO_HW/CSUM, disable GRO_HW/CSUM first")?.next).toMatch(
      /on its host/,
    );
    expect(words("XDP expects number of rx queues not less than peer tx queues")?.next).toMatch(/ethtool -L eth0/);
    expect(words("something new")?.means).toMatch(/no words|mostly the MTU/);
  });
});
