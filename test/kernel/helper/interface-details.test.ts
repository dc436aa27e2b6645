/** Every figure of an interface beside what `ethtool` and `ip -d -j link` print. The machine's own NIC is only looked at. */
import { readdirSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { elevatedHelper, plainHelper } from "../../../protocol/helper-contracts.ts";
import type { Amount, InterfaceDetails, Parameter } from "../../../protocol/interface-details.ts";
import type { Place } from "../../../protocol/interfaces.ts";
import { type Connected, execute, failureOf, skipReason, startElevated, startPlain, uniqueName } from "./harness.ts";

interface IpLink {
  readonly ifindex: number;
  readonly ifname: string;
  readonly mtu: number;
  readonly min_mtu?: number;
  readonly max_mtu?: number;
  readonly num_rx_queues: number;
  readonly num_tx_queues: number;
  readonly flags: readonly string[];
  readonly link_type: string;
  readonly address: string;
  readonly linkinfo?: { readonly info_kind?: string };
}

const kinds = ["veth", "tap", "bridge", "ifb", "lo", "nic"] as const;
type Kind = (typeof kinds)[number];
/** the machine's own, of whatever driver; null in a container without one */
const nic = readdirSync("/sys/class/net").find((name) => /^(eth|en)/.test(name)) ?? null;

describe.skipIf(skipReason !== "")("an interface in full", () => {
  const netns = uniqueName();
  const names: Record<Kind, string> = {
    ...{ veth: uniqueName(), tap: uniqueName(), bridge: uniqueName(), ifb: uniqueName(), lo: "lo", nic: nic ?? "" },
  };
  const peer = uniqueName();
  let helper: Connected<typeof elevatedHelper>;
  let plain: Connected<typeof plainHelper>;

  beforeAll(async () => {
    [helper, plain] = await Promise.all([startElevated(), startPlain()]);
    await execute("ip", ["netns", "add", netns]);
    const ip = (...words: string[]) => execute("ip", ["-n", netns, ...words]);
    await ip("link", "add", names.veth, "type", "veth", "peer", "name", peer);
    await ip("tuntap", "add", "dev", names.tap, "mode", "tap");
    await ip("link", "add", names.bridge, "type", "bridge");
    await ip("link", "add", names.ifb, "type", "ifb");
    for (const name of [names.veth, peer, names.bridge, "lo"]) await ip("link", "set", "dev", name, "up");
  });
  afterAll(async () => {
    for (const name of [names.veth, names.tap, names.bridge, names.ifb]) {
      await execute("ip", ["-n", netns, "link", "del", name]).catch(() => undefined);
    }
    await execute("ip", ["netns", "del", netns]).catch(() => undefined);
    await Promise.all([helper.stop(), plain.stop()]);
  });

  const namespaceOf = (kind: Kind): string | null => (kind === "nic" ? null : netns);
  const inside = async (kind: Kind, file: string, ...args: string[]): Promise<string> => {
    const words = kind === "nic" ? [file, ...args] : ["nsenter", `--net=/run/netns/${netns}`, file, ...args];
    const [command = "", ...rest] = words;
    return (await execute(command, rest)).stdout;
  };
  /** what ethtool prints; null where it says that the driver has none */
  const ethtool = async (kind: Kind, option: string): Promise<string | null> => {
    try {
      return await inside(kind, "ethtool", ...(option === "" ? [] : [option]), names[kind]);
    } catch (error) {
      const { stdout = "", stderr = "" } = error as { stdout?: string; stderr?: string };
      expect(stdout + stderr).toMatch(/not supported|no stats available|No data available/i);
      return null;
    }
  };
  const linkOf = async (kind: Kind): Promise<IpLink> => {
    const [link] = JSON.parse(await inside(kind, "ip", "-d", "-j", "link", "show", "dev", names[kind])) as IpLink[];
    if (link === undefined) throw new Error(`no link ${names[kind]}`);
    return link;
  };
  const placeOf = async (kind: Kind): Promise<Place> => ({
    netns: namespaceOf(kind),
    ifindex: (await linkOf(kind)).ifindex,
    name: names[kind],
  });
  const described = async (kind: Kind): Promise<InterfaceDetails> =>
    helper.peer.request("interfaces.describe", { place: await placeOf(kind) });

  for (const kind of kinds) {
    describe.skipIf(kind === "nic" && nic === null)(kind, () => {
      it("has the link that ip shows", async () => {
        const [{ interface: one, facts }, link] = [await described(kind), await linkOf(kind)];
        expect({
          ...{ ifindex: one.ifindex, name: one.name, mtu: one.mtu, up: one.up, mac: one.mac },
          ...{ rx: facts.rxQueues, tx: facts.txQueues, type: facts.type },
          ...{ least: facts.minimumMtu, most: facts.maximumMtu },
        }).toEqual({
          ...{ ifindex: link.ifindex, name: link.ifname, mtu: link.mtu, up: link.flags.includes("UP") },
          mac: link.link_type === "ether" ? link.address : null,
          ...{ rx: link.num_rx_queues, tx: link.num_tx_queues, type: link.linkinfo?.info_kind ?? link.link_type },
          ...{ least: link.min_mtu ?? null, most: link.max_mtu || null },
        });
      });

      it("has the driver of ethtool -i", async () => {
        const [{ driver }, text] = [await described(kind), await ethtool(kind, "-i")];
        const yes = (value: boolean | undefined): string => (value === true ? "yes" : "no");
        const told =
          driver === null
            ? null
            : {
                driver: driver.driver,
                version: driver.version,
                "firmware-version": driver.firmwareVersion,
                "expansion-rom-version": driver.expansionRomVersion,
                "bus-info": driver.busInfo,
                "supports-statistics": yes(driver.supportsStatistics),
                "supports-test": yes(driver.supportsTest),
                "supports-eeprom-access": yes(driver.supportsEepromAccess),
                "supports-register-dump": yes(driver.supportsRegisterDump),
                "supports-priv-flags": yes(driver.supportsPrivateFlags),
              };
        expect(told).toEqual(text === null ? null : Object.fromEntries(pairs(text)));
      });

      it("has the speed, duplex and carrier of ethtool", async () => {
        const [{ link, facts }, text] = [await described(kind), new Map(pairs((await ethtool(kind, "")) ?? ""))];
        if (link.is === "known") {
          expect(text.get("Speed")).toBe(link.value.speed === null ? "Unknown!" : `${link.value.speed}Mb/s`);
          expect(text.get("Duplex")).toMatch(
            { full: /^Full/, half: /^Half/, none: /^Unknown!/ }[link.value.duplex ?? "none"],
          );
          expect(text.get("Auto-negotiation")).toBe(link.value.autonegotiation === true ? "on" : "off");
        } else {
          expect(text.has("Speed")).toBe(false);
          expect(link.why).toContain("not supported by this driver");
        }
        if (text.has("Link detected")) expect(facts.carrier).toBe(text.get("Link detected") === "yes");
      });

      it("has the channels and rings of ethtool -l and -g", async () => {
        const { channels, rings } = await described(kind);
        const [channelText, ringText] = [await ethtool(kind, "-l"), await ethtool(kind, "-g")];
        expect(channels.is === "known" ? asTold(channels.value) : null).toEqual(amounts(channelText));
        if (channels.is !== "known") expect(channels.why).toBe("not supported by this driver (ethtool -l)");
        const told = amounts(ringText);
        expect(rings.is === "known" ? asTold(rings.value.sizes) : null).toEqual(
          told === null ? null : told.filter(([name]) => /^(RX|TX|RX Mini|RX Jumbo)$/.test(name)),
        );
        if (rings.is === "known") {
          // ethtool 6.1 does not know of RX Push
          const now = new Map(told?.map(([name, , value]) => [name, value]));
          for (const one of rings.value.settings)
            if (now.has(one.name)) expect(now.get(one.name), one.name).toBe(word(one));
        }
      });

      it("has the coalescing of ethtool -c", async () => {
        const [{ coalescing }, text] = [await described(kind), await ethtool(kind, "-c")];
        if (coalescing.is !== "known") {
          expect(text).toBe(null);
          expect(coalescing.why).toBe("not supported by this driver (ethtool -c)");
          return;
        }
        const said = new Map(pairs(text ?? "").map(([name, value]) => [name.replace("-frame-", "-frames-"), value]));
        const adaptive = /Adaptive RX: (\S+)\s+TX: (\S+)/.exec(text ?? "");
        const cqe = /CQE mode RX: (\S+)\s+TX: (\S+)/.exec(text ?? "");
        said.set("adaptive-rx", adaptive?.[1] ?? "").set("adaptive-tx", adaptive?.[2] ?? "");
        said.set("cqe-mode-rx", cqe?.[1] ?? "").set("cqe-mode-tx", cqe?.[2] ?? "");
        expect(coalescing.value.length).toBe(24);
        for (const one of coalescing.value) expect(said.get(one.name), one.name).toBe(word(one));
      });

      it("has the offloads of ethtool -k, those that concern XDP first", async () => {
        const { offloads } = await described(kind);
        const told = new Map(
          ((await ethtool(kind, "-k")) ?? "").split("\n").flatMap((line) => {
            const match = /^\s*([\w-]+): (on|off)( \[fixed\])?( \[requested (?:on|off)\])?$/.exec(line);
            return match === null ? [] : [[match[1] ?? "", { on: match[2] === "on", fixed: match[3] !== undefined }]];
          }),
        );
        expect(offloads.is).toBe("known");
        if (offloads.is !== "known") return;
        expect(offloads.value[0]).toMatchObject({ name: "rx-lro", alias: "large-receive-offload" });
        expect(offloads.value.length).toBeGreaterThan(50);
        let compared = 0;
        for (const { name, alias, on, fixed } of offloads.value) {
          const line = told.get(alias) ?? told.get(name);
          if (line === undefined) continue;
          compared += 1;
          expect(on, name).toBe(line.on);
          expect(fixed, name).toBe(line.fixed);
        }
        expect(compared).toBeGreaterThan(40);
      });

      it("has the statistics of ethtool -S, those of XDP first", async () => {
        const [{ statistics }, text] = [await described(kind), await ethtool(kind, "-S")];
        if (statistics.is !== "known") {
          expect(text).toBe(null);
          expect(statistics.why).toBe("not supported by this driver (ethtool -S)");
          return;
        }
        const said = pairs(text ?? "").filter(([name]) => name !== "NIC statistics");
        expect(statistics.value.map(({ name }) => name).toSorted()).toEqual(said.map(([name]) => name).toSorted());
        const quiet = new Map(said);
        // the NIC's own counters go on while two processes look at them
        if (kind !== "nic") for (const { name, value } of statistics.value) expect(value, name).toBe(quiet.get(name));
        const kindsInOrder = statistics.value.map(({ xdp }) => xdp);
        expect(kindsInOrder).toEqual(kindsInOrder.toSorted((one, other) => Number(other) - Number(one)));
      });

      it("has the features that a raw netlink query gives", async () => {
        const { features, interface: one } = await described(kind);
        expect(features.is).toBe("known");
        if (features.is !== "known") return;
        expect(features.value.xdp).toEqual(one.features);
        // measured on Linux 6.18; a driver may learn more
        const least = { veth: ["basic", "redirect"], tap: ["basic", "redirect", "ndo-xmit"] }[kind as string] ?? [];
        expect(features.value.xdp).toEqual(expect.arrayContaining(least));
        if (["lo", "bridge", "ifb"].includes(kind)) expect(features.value.xdp).toEqual([]);
        if (kind === "veth") expect(features.value.rxMetadata).toEqual(["timestamp", "hash", "vlan-tag"]);
      });
    });
  }

  it("says of a veth what its peer's MTU means for native mode", async () => {
    await execute("ip", ["-n", netns, "link", "set", "dev", peer, "mtu", "9000"]);
    try {
      const { modes, facts } = await described("veth");
      expect(facts.peer).toMatchObject({ netns, name: peer, mtu: 9000 });
      const native = modes.find(({ mode }) => mode === "native");
      expect(native).toMatchObject({ supported: true, why: "the kernel reports it for this driver" });
      expect(native?.needs).toEqual([
        `the peer ${peer} has MTU 9000, which is above 3506, so only programs with fragment support (SEC("xdp.frags"))`,
      ]);
    } finally {
      await execute("ip", ["-n", netns, "link", "set", "dev", peer, "mtu", "1500"]);
    }
    expect((await described("veth")).modes.every(({ needs }) => needs.length === 0)).toBe(true);
  });

  it("finds a veth's peer in another namespace", async () => {
    const [other, near, far] = [uniqueName(), uniqueName(), uniqueName()];
    await execute("ip", ["netns", "add", other]);
    try {
      await execute("ip", ["-n", netns, "link", "add", near, "type", "veth", "peer", "name", far, "netns", other]);
      const { interfaces } = await helper.peer.request("interfaces.list", {});
      const one = interfaces.find(({ name }) => name === near);
      const place = { netns, ifindex: one?.ifindex ?? 0, name: near };
      const { facts } = await helper.peer.request("interfaces.describe", { place });
      expect(facts.peer).toMatchObject({ netns: other, name: far });
    } finally {
      await execute("ip", ["-n", netns, "link", "del", near]).catch(() => undefined);
      await execute("ip", ["netns", "del", other]);
    }
  });

  it("takes names of any characters that the kernel takes", async () => {
    for (const odd of ["a'b\"$(x);&", "..-;rm -rf *".replaceAll(" ", "_"), "日本é", "-h"]) {
      await execute("ip", ["-n", netns, "link", "add", "name", odd, "type", "veth"]);
      try {
        const { interfaces } = await helper.peer.request("interfaces.list", {});
        const one = interfaces.find((candidate) => candidate.netns === netns && candidate.name === odd);
        expect(one?.driver, odd).toBe("veth");
        const place = { netns, ifindex: one?.ifindex ?? 0, name: odd };
        const told = await helper.peer.request("interfaces.describe", { place });
        expect(told.statistics.is).toBe("known");
        expect(told.driver?.driver).toBe("veth");
      } finally {
        await execute("ip", ["-n", netns, "link", "del", "dev", odd]);
      }
    }
  });

  it("takes names whose bytes are no text", async () => {
    // the kernel takes any byte but white space, '/' and ':'
    const raw = "$(printf 'x\\377\\376y')";
    await execute("sh", ["-c", `ip -n ${netns} link add name "${raw}" type bridge`]);
    try {
      const { interfaces } = await helper.peer.request("interfaces.list", {});
      const one = interfaces.find(({ name }) => name === "x\ufffd\ufffdy");
      expect(one?.driver).toBe("bridge");
      const place = { netns, ifindex: one?.ifindex ?? 0, name: one?.name ?? "" };
      expect(await helper.peer.request("interfaces.describe", { place })).toMatchObject({ facts: { type: "bridge" } });
    } finally {
      await execute("sh", ["-c", `ip -n ${netns} link del "${raw}"`]);
    }
  });

  it("fails with words when the interface, or its namespace, went away", async () => {
    const place = { netns, ifindex: 4_000, name: names.veth };
    expect(await failureOf(helper.peer.request("interfaces.describe", { place }))).toMatchObject({ kind: "not-found" });
    const nowhere = { ...place, netns: "xdpwt-nowhere" };
    expect(await failureOf(helper.peer.request("interfaces.describe", { place: nowhere }))).toMatchObject({
      kind: "not-found",
      what: "network namespace",
    });
    const renamed = { ...(await placeOf("veth")), name: "xdpwt-other" };
    expect(await failureOf(helper.peer.request("interfaces.describe", { place: renamed }))).toMatchObject({
      kind: "not-found",
      what: "interface",
    });
  });

  it("survives interfaces that come and go while they are described", async () => {
    const [name, other] = [uniqueName(), uniqueName()];
    for (let round = 0; round < 20; round += 1) {
      await execute("ip", ["-n", netns, "link", "add", name, "type", "veth", "peer", "name", other]);
      const { interfaces } = await helper.peer.request("interfaces.list", {});
      const one = interfaces.find((candidate) => candidate.name === name);
      const place = { netns, ifindex: one?.ifindex ?? 1, name };
      const [outcome] = await Promise.all([
        helper.peer.request("interfaces.describe", { place }).then(
          (details) => details.interface.name,
          (error: Error) => error.message,
        ),
        execute("ip", ["-n", netns, "link", "del", name]),
        helper.peer.request("interfaces.list", {}),
      ]);
      expect(outcome === name || /no longer in/.test(outcome), outcome).toBe(true);
    }
  });

  it("tells the same without privilege, of its own namespace", async () => {
    if (nic === null) return;
    const place = await placeOf("nic");
    const [small, whole] = await Promise.all([
      plain.peer.request("interfaces.describe", { place }),
      helper.peer.request("interfaces.describe", { place }),
    ]);
    const still = (all: InterfaceDetails) => ({ ...all, statistics: null });
    expect(still(small)).toEqual(still(whole));
    expect(small.statistics.is).toBe(whole.statistics.is);
  });
});

/** lines of `name: value` */
function pairs(text: string): [string, string][] {
  return text.split("\n").flatMap((line) => {
    const at = line.indexOf(":");
    return at < 0 ? [] : [[line.slice(0, at).trim(), line.slice(at + 1).trim()]];
  });
}

type Told = [name: string, most: string, now: string];

/** the two halves of `ethtool -l` and `-g` */
function amounts(text: string | null): Told[] | null {
  if (text === null) return null;
  const [most = "", now = ""] = text.split("Current hardware settings:");
  const first = new Map(pairs(most));
  return pairs(now).map(([name, value]) => [name, first.get(name) ?? "", value]);
}

function asTold(list: readonly Amount[]): Told[] {
  const say = (value: number | null): string => (value === null ? "n/a" : String(value));
  return list.map(({ name, most, now }) => [name, say(most), say(now)]);
}

function word({ value }: Parameter): string {
  return value === null ? "n/a" : typeof value === "number" ? String(value) : value ? "on" : "off";
}
