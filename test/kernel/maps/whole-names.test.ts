/** The kernel keeps 15 characters of a map's name; lists and tables show the whole of it. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { findMap } from "../../../main/maps/find-map.ts";
import { listed } from "../../../main/maps/list-maps.ts";
import { skipReason, startElevated } from "../helper/harness.ts";
import { compile, loading, native } from "../native/support.ts";

const map = (name: string, type: string, value: string): string =>
  `struct { __uint(type, BPF_MAP_TYPE_${type}); __uint(max_entries, 4); __type(key, __u32); __type(value, ${value}); } ${name} SEC(".maps");`;

const source = `
struct alike { __u32 a; };
struct other { __u32 b; };
${map("packets_of_the_day", "HASH", "__u64")}
${map("ports_of_this_box_here", "DEVMAP", "__u32")}
${map("twins_of_all_sorts_one", "ARRAY", "struct alike")}
${map("twins_of_all_sorts_two", "ARRAY", "struct other")}
${map("doubles_of_sort_one", "ARRAY", "__u32")}
${map("doubles_of_sort_two", "ARRAY", "__u32")}
${map("fifteen_letters", "ARRAY", "__u32")}
SEC("xdp") int xdpwt_names(struct xdp_md *ctx)
{
	__u32 key = 0;
#define LOOK(map) if (!bpf_map_lookup_elem(&map, &key)) key++;
	LOOK(packets_of_the_day) LOOK(twins_of_all_sorts_one) LOOK(twins_of_all_sorts_two)
	LOOK(doubles_of_sort_one) LOOK(doubles_of_sort_two) LOOK(fifteen_letters)
	return bpf_redirect_map(&ports_of_this_box_here, 0, XDP_PASS);
}
`;

let elevated: Awaited<ReturnType<typeof startElevated>>;
let loaded: Awaited<ReturnType<typeof native.loadObject>>;
beforeAll(async () => {
  if (skipReason !== "") return;
  elevated = await startElevated();
  loaded = await native.loadObject(loading(compile(source), "xdpwt_names"));
});
afterAll(async () => {
  loaded?.close();
  await elevated?.stop();
});

describe.skipIf(skipReason !== "")("names of maps", () => {
  it("are whole where the program's BTF tells which it is, and as the kernel has them elsewhere", async () => {
    const ours = (await listed(elevated.peer)).filter(({ programs }) =>
      programs.some(({ name }) => name === "xdpwt_names"),
    );
    expect(ours.map(({ name }) => name).sort()).toEqual([
      "doubles_of_sort",
      "doubles_of_sort",
      "fifteen_letters",
      "packets_of_the_day",
      "ports_of_this_box_here",
      "twins_of_all_sorts_one",
      "twins_of_all_sorts_two",
    ]);
  });

  it("find the map, whole or cut", async () => {
    const find = (name: string) => findMap(elevated.peer, name, { netns: null, device: null });
    const [one] = (await listed(elevated.peer)).filter(({ name }) => name === "twins_of_all_sorts_one");
    expect(await find("twins_of_all_sorts_one")).toBe(one?.id);
    expect(await find("packets_of_the_")).toBe(await find("packets_of_the_day"));
  });
});
