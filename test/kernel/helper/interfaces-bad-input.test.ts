/** Interfaces that are called what nobody expects, and interfaces and namespaces that go while they are looked at. */
import { execFileSync } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { quote } from "../../../main/commands/shell.ts";
import type { elevatedHelper } from "../../../protocol/helper-contracts.ts";
import type { Failure } from "../../../protocol/failures.ts";
import { Failed } from "../../../protocol/failures.ts";
import type { Place } from "../../../protocol/interfaces.ts";
import { compile } from "../native/support.ts";
import { type Connected, eventually, execute, failureOf, skipReason, startElevated, uniqueName } from "./harness.ts";

/** that the kernel takes */
const names = [
  `a"b'$(x)`,
  "-x",
  "--",
  "ünïcødé",
  "日本語",
  "a\u3000b",
  "a;c|d&e",
  "\u001b[31mred",
  "*?[!]",
  "#x",
  "~",
  "5",
];
/** of namespaces: file names */
const odd = [" two  words ", `it's "$(x)\``, "-n", "名前", "\u001b]0;x", "a\nb"];

describe.skipIf(skipReason !== "")("bad input of interfaces", () => {
  const netns = uniqueName();
  let helper: Connected<typeof elevatedHelper>;
  let folder = "";
  let object = "";
  const ip = (...words: string[]) => execute("ip", ["-n", netns, ...words]);
  const list = async (where: string = netns) =>
    (await helper.peer.request("interfaces.list", {})).interfaces.filter((one) => one.netns === where);

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "xdpwt-bad-"));
    object = compile(`SEC("xdp") int pass(struct xdp_md *ctx) { return XDP_PASS; }`).toString("base64");
    // nothing that it does goes through a tool: it has none
    helper = await startElevated({ environment: { PATH: folder } });
    await execute("ip", ["netns", "add", netns]);
  });
  afterAll(async () => {
    await helper.stop();
    for (const name of [...names, "p0q"]) await ip("link", "del", "dev", name).catch(() => undefined);
    await execute("bash", ["-c", `ip -n ${netns} link del dev $'b\\xff\\xc3\\xfe'`]).catch(() => undefined);
    for (const name of odd) await execute("ip", ["netns", "del", name]).catch(() => undefined);
    await execute("ip", ["netns", "del", netns]).catch(() => undefined);
    await rm(folder, { recursive: true, force: true });
  });

  it("odd names are listed, described, counted, attached to and detached from as any others", async () => {
    for (const name of names) await ip("link", "add", "name", name, "type", "bridge");
    // the kernel puts the number in
    await ip("link", "add", "name", "p%dq", "type", "bridge");
    // bytes that are no UTF-8 are shown as what they are not, and mean the device all the same
    await execute("bash", ["-c", `ip -n ${netns} link add name $'b\\xff\\xc3\\xfe' type bridge`]);
    const listed = await list();
    const shown = [...names, "p0q", "b\ufffd\ufffd\ufffd"];
    expect(listed.map(({ name }) => name).filter((name) => name !== "lo")).toEqual(shown);
    for (const { name, ifindex } of listed.filter((one) => one.name !== "lo")) {
      const place: Place = { netns, ifindex, name };
      const described = await helper.peer.request("interfaces.describe", { place });
      expect(described.interface.name).toBe(name);
      expect(described.driver?.driver).toBe("bridge");
      expect((await helper.peer.request("interfaces.samples", { place, since: 0 })).samples.length).toBe(1);
      const { program } = await helper.peer.request("attach.attach", {
        ...{ object, name: "bad", program: "pass", asXdp: false, place, mode: "skb", expected: null },
      });
      const expected = { mode: "skb", id: program.id } as const;
      await helper.peer.request("attach.detach", { place, expected });
    }
  });

  it("their commands, as shown, mean the same to a shell", () => {
    for (const name of [...names, ...odd, "\u009b31m", "\\", "'"]) {
      const said = execFileSync("bash", ["-c", `printf %s ${quote(name)}`], { encoding: "utf8" });
      expect(said).toBe(name);
      // a terminal that it is copied to, or printed on, acts on nothing
      expect(quote(name)).not.toMatch(/\p{Cc}/u);
    }
  });

  it("names that no kernel takes are refused before anything is asked", async () => {
    for (const name of ["", ".", "..", "a/b", "a:b", "a b", "a\tb", "a\u0000b", "0123456789abcdef"]) {
      const place = { netns, ifindex: 1, name };
      expect((await failureOf(helper.peer.request("interfaces.describe", { place }))).kind).toBe("invalid-message");
    }
  });

  it("namespaces with odd names are entered like any others", async () => {
    for (const name of odd) await execute("ip", ["netns", "add", name]);
    for (const name of odd) {
      const [lo, ...others] = await list(name);
      expect([lo?.name, others.length]).toEqual(["lo", 0]);
      const place = { netns: name, ifindex: 1, name: "lo" };
      const { program } = await helper.peer.request("attach.attach", {
        ...{ object, name: "bad", program: "pass", asXdp: false, place, mode: "skb", expected: null },
      });
      const [seen] = await list(name);
      expect(seen?.attached.map(({ id }) => id)).toEqual([program.id]);
    }
    for (const name of odd) await execute("ip", ["netns", "del", name]);
    expect(
      await eventually(
        async () => (await Promise.all(odd.map(list))).flat(),
        (left) => left.length === 0,
      ),
    ).toEqual([]);
  });

  /** what became of questions that were asked until `over`: answered, or refused as what went away */
  const asked = async (ask: () => Promise<unknown>, over: () => boolean): Promise<readonly Failure[]> => {
    const failures: Failure[] = [];
    while (!over()) {
      try {
        await ask();
      } catch (error) {
        if (!(error instanceof Failed)) throw error;
        failures.push(error.failure);
      }
    }
    return failures;
  };

  it("an interface that goes while it is described, counted or attached to is named, and the helper lives on", async () => {
    const link = uniqueName();
    for (let round = 0; round < 6; round += 1) {
      await ip("link", "add", link, "type", "veth", "peer", "name", uniqueName());
      const ifindex = (await list()).find(({ name }) => name === link)?.ifindex ?? 0;
      const place: Place = { netns, ifindex, name: link };
      let gone = false;
      const over = (): boolean => gone;
      const questions = [
        asked(() => helper.peer.request("interfaces.describe", { place }), over),
        asked(() => helper.peer.request("interfaces.samples", { place, since: 0 }), over),
        asked(() => helper.peer.request("interfaces.list", {}), over),
        asked(async () => {
          const { program } = await helper.peer.request("attach.attach", {
            ...{ object, name: "bad", program: "pass", asXdp: false, place, mode: "native", expected: null },
          });
          await helper.peer.request("attach.detach", { place, expected: { mode: "native", id: program.id } });
        }, over),
      ];
      await new Promise((resolve) => setTimeout(resolve, 15 * round));
      await ip("link", "del", link);
      await new Promise((resolve) => setTimeout(resolve, 60));
      gone = true;
      const failures = (await Promise.all(questions)).flat();
      expect(failures.filter(({ kind }) => kind !== "not-found")).toEqual([]);
      expect(failures.length).toBeGreaterThan(0);
      for (const { message } of failures) expect(message).toContain(link);
    }
    const { programs } = await helper.peer.request("programs.list", {});
    expect(programs.filter(({ name }) => name === "pass")).toEqual([]);
  });

  it("a namespace that goes meanwhile is named too, and does not live on in the helper", async () => {
    const passing = uniqueName();
    for (let round = 0; round < 4; round += 1) {
      await execute("ip", ["netns", "add", passing]);
      const place: Place = { netns: passing, ifindex: 1, name: "lo" };
      let gone = false;
      const over = (): boolean => gone;
      const questions = [
        asked(() => helper.peer.request("interfaces.describe", { place }), over),
        asked(() => helper.peer.request("interfaces.samples", { place, since: 0 }), over),
        asked(
          () =>
            helper.peer.request("attach.attach", {
              ...{ object, name: "bad", program: "pass", asXdp: false, place, mode: "skb", expected: null },
            }),
          () => true,
        ),
      ];
      await new Promise((resolve) => setTimeout(resolve, 10 * round));
      await execute("ip", ["netns", "del", passing]);
      await new Promise((resolve) => setTimeout(resolve, 60));
      gone = true;
      const failures = (await Promise.all(questions)).flat();
      expect(failures.filter(({ kind }) => kind !== "not-found")).toEqual([]);
      expect(failures.length).toBeGreaterThan(0);
    }
    expect(await list(passing)).toEqual([]);
  });

  it("another interface under the same number or the same name is not the one that was meant", async () => {
    const link = uniqueName();
    await ip("link", "add", link, "index", "4711", "type", "bridge");
    const place: Place = { netns, ifindex: 4711, name: link };
    await helper.peer.request("interfaces.samples", { place, since: 0 });
    await ip("link", "set", link, "name", `${link}b`);
    const refusal = await failureOf(helper.peer.request("interfaces.describe", { place }));
    expect(refusal).toMatchObject({ kind: "not-found" });
    // what counted it by itself noticed, or the question does
    expect(
      await eventually(
        async () => failureOf(helper.peer.request("interfaces.samples", { place, since: 0 })).catch(() => null),
        (failure) => failure?.kind === "not-found",
      ),
    ).toMatchObject({ kind: "not-found" });
    await ip("link", "del", `${link}b`);
  });
});
