/** The helper on machines that lack something, or have more: each in a mount namespace or without capabilities. */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { eventually, execute, failureOf, skipReason, startElevated, startPlain, uniqueName } from "./harness.ts";

const unprivileged = ["setpriv", "--bounding-set", "-all", "--inh-caps", "-all", "--no-new-privs"];
const inOwnMounts = (script: string): string[] => ["unshare", "-m", "sh", "-c", `${script}; exec "$@"`, "sh"];

const tailCalls = `#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
struct { __uint(type, BPF_MAP_TYPE_PROG_ARRAY); __uint(max_entries, 2); __type(key, __u32); __type(value, __u32); } jumps SEC(".maps");
SEC("xdp") int jumping(struct xdp_md *ctx) { bpf_tail_call(ctx, &jumps, 0); return XDP_PASS; }
char LICENSE[] SEC("license") = "GPL";
`;

describe.skipIf(skipReason !== "")("the helper", () => {
  it("without privilege says so for each thing that needs it", async () => {
    const helper = await startElevated({ within: unprivileged });
    expect((await helper.peer.request("helper.describe", {})).capabilities).toEqual([]);
    const { request } = helper.peer;
    expect(await failureOf(request("programs.list", {}))).toMatchObject({ kind: "no-privilege" });
    expect(await failureOf(request("maps.list", {}))).toMatchObject({ kind: "no-privilege" });
    expect(await failureOf(request("maps.describe", { id: 1 }))).toMatchObject({ kind: "no-privilege" });
    expect(await failureOf(request("lab.up", { name: uniqueName() }))).toMatchObject({ kind: "no-privilege" });
    const { interfaces } = await request("interfaces.list", {});
    expect(interfaces.some(({ name }) => name === "lo")).toBe(true);
    const plain = await startPlain();
    const text = tailCalls;
    const built = await plain.peer.request("build.compile", { path: "/tmp/xdpwt-none/x.c", text, emit: "obj" });
    const judging = { object: built.output ?? "", name: "x", program: "jumping", asXdp: false };
    expect(await failureOf(request("verify.judge", judging))).toMatchObject({ kind: "no-privilege" });
    await Promise.all([helper.stop(), plain.stop()]);
  });

  it("without a compiler names the package", async () => {
    const hide = 'for one in /usr/lib/llvm-*; do mount -t tmpfs none "$one"; done';
    const folder = await mkdtemp(join(tmpdir(), "xdpwt-none-"));
    const helper = await startPlain({ within: inOwnMounts(hide), environment: {} });
    const described = await helper.peer.request("toolchain.describe", {});
    expect(described).toMatchObject({ clang: null, llc: null });
    const compile = (text: string) => helper.peer.request("build.compile", { path: "/tmp/x.c", text, emit: "obj" });
    expect(await failureOf(compile("int a;"))).toMatchObject({ kind: "missing-tool", tool: "clang", package: "clang" });
    await helper.stop();
    await rm(folder, { recursive: true });
  });

  it("without bwrap builds unconfined, and says so", async () => {
    const helper = await startPlain({
      within: inOwnMounts('mount --bind /dev/null "$(command -v bwrap || echo /usr/bin/true)"'),
    });
    expect((await helper.peer.request("toolchain.describe", {})).sandbox).toBe("none");
    const built = await helper.peer.request("build.compile", { path: "/tmp/x.c", text: "int a;", emit: "obj" });
    expect(built).toMatchObject({ sandbox: "none", diagnostics: [] });
    await helper.stop();
  });

  it("without a BPF file system attaches all the same, and says what is lost", async () => {
    const [netns, link, peer] = [uniqueName(), uniqueName(), uniqueName()];
    await execute("ip", ["netns", "add", netns]);
    await execute("ip", ["-n", netns, "link", "add", "name", link, "index", "7", "type", "veth", "peer", "name", peer]);
    const hide = "mount -t tmpfs none /sys/fs/bpf 2>/dev/null || mount -t tmpfs none /sys/fs";
    const [helper, plain] = [await startElevated({ within: inOwnMounts(hide) }), await startPlain()];
    try {
      const place = { netns, ifindex: 7, name: link };
      const attach = async (text: string, program: string, expected: number | null) => {
        const built = await plain.peer.request("build.compile", { path: "/tmp/xdpwt-none/x.c", text, emit: "obj" });
        return helper.peer.request("attach.attach", {
          ...{ object: built.output ?? "", name: "x", program, asXdp: false, place, mode: "native" },
          expected: expected === null ? null : { mode: "native", id: expected },
        });
      };
      const first = await attach(tailCalls, "jumping", null);
      expect(first.notes).toEqual([
        expect.stringMatching(/^jumps loses its programs .* no BPF file system .* mount -t bpf bpf \/sys\/fs\/bpf$/),
      ]);
      const plainer = tailCalls.replace(/^struct.*$/m, "").replace("bpf_tail_call(ctx, &jumps, 0);", "");
      expect((await attach(plainer, "jumping", first.program.id)).notes).toBeUndefined();
    } finally {
      await execute("ip", ["-n", netns, "link", "del", link]);
      await execute("ip", ["netns", "del", netns]);
      await Promise.all([helper.stop(), plain.stop()]);
    }
  });

  it("keeps the PROG_ARRAY of an attached program by a pin, as long as it is attached", async () => {
    const [netns, link, peer] = [uniqueName(), uniqueName(), uniqueName()];
    const folder = await mkdtemp(join(tmpdir(), "xdpwt-pins-"));
    const path = join(folder, "x.c");
    await writeFile(path, tailCalls);
    await execute("ip", ["netns", "add", netns]);
    await execute("ip", ["-n", netns, "link", "add", "name", link, "index", "7", "type", "veth", "peer", "name", peer]);
    const helper = await startElevated({ within: inOwnMounts("mount -t bpf bpf /sys/fs/bpf") });
    const plain = await startPlain();
    try {
      const built = await plain.peer.request("build.compile", { path, text: tailCalls, emit: "obj" });
      const place = { netns, ifindex: 7, name: link };
      const params = {
        object: built.output ?? "",
        name: "x",
        program: "jumping",
        asXdp: false,
        place,
        mode: "native",
      } as const;
      const attached = await helper.peer.request("attach.attach", { ...params, expected: null });
      const map = attached.maps[0]?.id ?? 0;
      const pin = `/sys/fs/bpf/xdp-workbench/prog-${attached.program.id}/map-${map}`;
      expect(await helper.peer.request("maps.pinned", { path: pin })).toEqual({ id: map });

      const expected = { mode: "native", id: attached.program.id } as const;
      const second = await helper.peer.request("attach.attach", { ...params, expected });
      expect(await failureOf(helper.peer.request("maps.pinned", { path: pin }))).toMatchObject({ kind: "not-found" });
      await helper.peer.request("attach.detach", { place, expected: { mode: "native", id: second.program.id } });
      const ofSecond = `/sys/fs/bpf/xdp-workbench/prog-${second.program.id}/map-${second.maps[0]?.id}`;
      expect(await failureOf(helper.peer.request("maps.pinned", { path: ofSecond }))).toMatchObject({
        kind: "not-found",
      });
      const users = async () => (await helper.peer.request("maps.list", {})).maps.flatMap(({ programs }) => programs);
      const left = await eventually(users, (programs) => !programs.some(({ id }) => id === second.program.id));
      expect(left.map(({ id }) => id)).not.toContain(second.program.id);
    } finally {
      await execute("ip", ["-n", netns, "link", "del", link]);
      await execute("ip", ["netns", "del", netns]);
      await Promise.all([helper.stop(), plain.stop()]);
      await rm(folder, { recursive: true });
    }
  });
});
