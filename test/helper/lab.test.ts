import { describe, expect, it } from "vitest";
import { buildFrames, checksum, frameLength, replyPattern, type Traffic } from "../../helper/lab/frames.ts";
import { planLab } from "../../helper/lab/plan.ts";
import { packetsOf } from "../../helper/lab/silence.ts";

describe("the plan of a lab", () => {
  it("names what it makes", () => {
    expect(planLab(null)).toMatchObject({ box: "xdpw-lab", hosts: ["xdpw-host0", "xdpw-host1"], alias: "xdpw-lab" });
    expect(planLab("a")).toMatchObject({ box: "a-box", hosts: ["a-host0", "a-host1"], alias: "xdpw-lab a" });
  });

  it("has locally administered addresses, the same each time, others for another lab", () => {
    const macs = (name: string | null) => Object.values(planLab(name).ends).map(({ mac }) => mac);
    expect(macs("a")).toEqual(macs("a"));
    expect(new Set([...macs(null), ...macs("a"), ...macs("b")]).size).toBe(12);
    for (const mac of macs(null)) expect(mac).toMatch(/^02(:[0-9a-f]{2}){5}$/);
  });

  it("gives the two ends of a link different indices", () => {
    const { ends } = planLab(null);
    for (const end of Object.values(ends)) expect(end.ifindex).not.toBe(ends[end.peer].ifindex);
  });
});

describe("frames", () => {
  const marker = Buffer.from("0123456789abcdef");
  const from = { mac: "02:78:00:00:00:10", ipv4: "192.0.2.10" };
  const to = { mac: "02:78:00:00:00:00", ipv4: "192.0.2.1" };
  const traffic = (protocol: Traffic["protocol"]): Traffic => ({ protocol, from, to, marker });
  const one = (protocol: Traffic["protocol"], index = 0) =>
    buildFrames(traffic(protocol), index + 1).subarray(index * frameLength);

  it.each(["icmp", "udp", "arp"] as const)("of %s are long enough, addressed, and carry the marker", (protocol) => {
    const frame = one(protocol);
    expect(frame.length).toBe(64);
    expect(frame.subarray(0, 12).toString("hex")).toBe("027800000000027800000010");
    expect(frame.subarray(42, 58)).toEqual(marker);
  });

  it("have right checksums and differ", () => {
    for (const protocol of ["icmp", "udp"] as const) {
      for (const index of [0, 1, 255]) {
        const frame = one(protocol, index);
        expect(checksum([frame.subarray(14, 34)])).toBe(0);
        const length = frame.length - 34;
        const pseudo = Buffer.from([...frame.subarray(26, 34), 0, 17, 0, length]);
        expect(checksum(protocol === "icmp" ? [frame.subarray(34)] : [pseudo, frame.subarray(34)])).toBe(0);
      }
      expect(one(protocol, 1)).not.toEqual(one(protocol, 0));
    }
  });

  it("ask who has the address", () => {
    expect(one("arp").subarray(14, 42).toString("hex")).toBe(
      "0001080006040001" + "027800000010c000020a" + "000000000000c0000201",
    );
    expect(replyPattern(traffic("udp"))).toBe(null);
  });
});

describe("/proc/net/dev", () => {
  it("is read by column", () => {
    const text =
      "Inter-|\n face |\n    lo:       0       0 0 0 0 0 0 0 0 0 0\n  eth0: 100 2 0 0 0 0 0 0 200 3 0 0 0 0 0 0\n";
    expect(packetsOf(text, "eth0")).toBe("2/3");
    expect(packetsOf(text, "eth1")).toBe("?/?");
  });
});
