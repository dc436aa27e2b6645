/** Objects with section "maps" told to libbpf in its own words: the same maps, and no bytes that break it. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { upgradeObject } from "../../../main/legacy/upgrade-object.ts";
import { inspectObject, type ObjectContents } from "../../../main/object/inspect-object.ts";
import { compileBpf, preamble } from "../object/compile-bpf.ts";

const source = `${preamble}
struct bpf_map_def { __u32 type, key_size, value_size, max_entries, map_flags; };
struct bpf_map_def SEC("maps") counts = { 2, 4, 8, 4, 0 };
struct bpf_map_def SEC("maps") trie = { 11, 8, 1, 1000000, 1 };
struct bpf_map_def SEC("maps") events = { 4, 4, 4, 0 };
static __noinline int helper(void *key) { return map_lookup(&trie, key) ? 1 : 2; }
SEC("xdp") int pass(struct xdp_md *ctx) { __u32 key = 0; return map_lookup(&counts, &key) && map_lookup(&events, &key) ? helper(&key) : 2; }`;

function contents(bytes: Uint8Array): ObjectContents {
  const inspected = inspectObject(bytes);
  if (!inspected.ok) throw new Error(inspected.failure.message);
  return inspected.object;
}
const facts = (maps: readonly (ObjectContents["maps"][number] | ObjectContents["legacyMaps"][number])[]) =>
  maps.map(({ name, type, keySize, valueSize, maxEntries, flags }) => ({
    name,
    type,
    keySize,
    valueSize,
    maxEntries,
    flags,
  }));

describe("upgradeObject", () => {
  it.each([
    ["with BTF", "bpfel", ["-g"]],
    ["without BTF", "bpfel", []],
    ["big-endian", "bpfeb", ["-g"]],
    ["big-endian without BTF", "bpfeb", []],
  ] as const)("keeps maps, programs, functions and lines: %s", (_, target, flags) => {
    const old = compileBpf(source, { target, flags });
    const before = contents(old);
    const upgraded = upgradeObject(old);
    const after = contents(upgraded ?? old);
    expect(facts(before.legacyMaps)).toEqual([
      { name: "counts", type: "array", keySize: 4, valueSize: 8, maxEntries: 4, flags: 0 },
      { name: "trie", type: "lpm_trie", keySize: 8, valueSize: 1, maxEntries: 1000000, flags: 1 },
      { name: "events", type: "perf_event_array", keySize: 4, valueSize: 4, maxEntries: 0, flags: 0 },
    ]);
    expect(after.hasLegacyMaps).toBe(false);
    expect(facts(after.maps)).toEqual(facts(before.legacyMaps));
    expect(after.programs).toEqual(before.programs);
    expect(after.functions).toEqual(before.functions);
    expect(after.ext?.lines).toEqual(before.ext?.lines);
    expect(after.license).toBe("Dual BSD/GPL");
  });

  it("leaves others alone", () => {
    expect(upgradeObject(compileBpf(`${preamble}SEC("xdp") int pass(struct xdp_md *ctx) { return 2; }`))).toBeNull();
    expect(upgradeObject(new Uint8Array(10))).toBeNull();
  });

  it("survives any damage", () => {
    const objects = [compileBpf(source), compileBpf(source, { flags: [] })];
    const damage = fc.array(fc.tuple(fc.nat(), fc.nat(255)), { minLength: 1, maxLength: 8 });
    fc.assert(
      fc.property(fc.constantFrom(...objects), damage, fc.nat(), (object, changes, cut) => {
        const bytes = object.slice(0, cut % 4 === 0 ? cut % object.length : object.length);
        for (const [at, value] of changes) if (bytes.length > 0) bytes[at % bytes.length] = value;
        const upgraded = upgradeObject(bytes);
        if (upgraded !== null) inspectObject(upgraded);
      }),
      { numRuns: 3000 },
    );
  });
});
