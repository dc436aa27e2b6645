/** xdpw convert: a diff that patch(1) takes, or the file itself; then the source builds and is accepted. */
import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { isRoot, openScene, type Scene } from "./run-xdpw.ts";

const legacy = `#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

struct bpf_map_def {
	unsigned int type, key_size, value_size, max_entries, map_flags;
};

struct bpf_map_def SEC("maps") counters = { /* one an action */
	.type = BPF_MAP_TYPE_ARRAY,
	.key_size = sizeof(__u32),
	.value_size = sizeof(__u64),
	.max_entries = 5,
};

SEC("xdp")
int xdpwt_count(struct xdp_md *ctx)
{
	__u32 key = XDP_PASS;
	__u64 *value = bpf_map_lookup_elem(&counters, &key);
	if (value)
		__sync_fetch_and_add(value, 1);
	return XDP_PASS;
}

char _license[] SEC("license") = "GPL";
`;

let scene: Scene;
beforeAll(() => {
  scene = openScene();
});
afterAll(() => scene.end());
const at = (name: string): string => join(scene.folder, name);

it("prints a diff and leaves the file alone; patch makes of it what --write does", async () => {
  writeFileSync(at("old.c"), legacy);
  writeFileSync(at("patched.c"), legacy);
  const shown = await scene.run("convert", "old.c");
  expect(shown).toMatchObject({ status: 0, err: "" });
  expect(shown.out).toContain('-struct bpf_map_def SEC("maps") counters = { /* one an action */\n');
  expect(readFileSync(at("old.c"), "utf8")).toBe(legacy);
  execFileSync("patch", ["-s", "--no-backup-if-mismatch", at("patched.c")], { input: shown.out });

  const written = await scene.run("convert", "old.c", "--write", "--json");
  expect(written.json).toMatchObject({
    file: at("old.c"),
    written: true,
    maps: [{ name: "counters", line: 8, converts: true }],
    diff: shown.out,
  });
  expect(readFileSync(at("old.c"), "utf8")).toBe(readFileSync(at("patched.c"), "utf8"));
  if (isRoot) expect((await scene.run("verify", "old.c")).status).toBe(0);

  const again = await scene.run("convert", "old.c", "--write");
  expect(again).toMatchObject({ status: 0, out: "old.c has no legacy map definitions\n" });
});

it("says what stays as it is, and why", async () => {
  writeFileSync(at("odd.c"), 'struct bpf_map_def SEC("maps") many[2] = { { .type = 1 }, { .type = 2 } };\n');
  const odd = await scene.run("convert", "odd.c");
  expect(odd.status).toBe(1);
  expect(odd.err).toMatch(/^odd\.c:1: many stays as it is: /);
  expect((await scene.run("convert", "none.c")).status).toBe(1);
});
