/** What a column is shown as: by its declaration, by its name, by choice; and that every format reads back what it shows. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { formatsOf, type Surroundings, withFormat } from "../../../main/rows/column-formats.ts";
import { rowsColumns, shapeLayout } from "../../../main/rows/shape-layout.ts";
import { parseColumn } from "../../../main/tables/parse-node.ts";
import { formatColumn } from "../../../main/tables/format-value.ts";
import { describeMapsOf, pick } from "../tables/map-of.ts";

const definitions = `
#define FORMAT(name) __attribute__((btf_decl_tag("format:" #name)))
typedef __u32 my_address FORMAT(ipv4);
struct net { __u32 bits; __u8 where[4]; };
struct flow {
	__u8 proto; __u8 plain; __be16 h_proto; __u16 sport FORMAT(port);
	__u32 egress_ifindex; __u32 cpu; __u64 last_seen; __u64 packets;
	__u32 declared FORMAT(ifindex); my_address behind_a_typedef; my_address many[2];
	__u32 wrong FORMAT(mac); __u32 nonsense FORMAT(poetry); __be32 six[4] FORMAT(ipv6); struct net net FORMAT(prefix);
	__s32 ifindex; __u32 proto_of_four;
};
struct { __uint(type, 1); __uint(max_entries, 9); __type(key, __u32); __type(value, struct flow); } flows SEC(".maps");
`;
const surroundings: Surroundings = {
  interfaces: new Map([
    [7, "port0"],
    [8, "port1"],
  ]),
  netns: "xdpw-lab",
  bootedAt: 1_800_000_000_123_456_789n,
};
const plain = pick(describeMapsOf(definitions), "flows");

describe("a column", () => {
  it("is shown as its declaration or its name says, and as its type where neither does", () => {
    const shaped = shapeLayout(plain, {}, surroundings);
    const shown = rowsColumns(plain, shaped, {}, surroundings).map((column) => [column.path, column.shown]);
    expect(Object.fromEntries(shown)).toEqual({
      ...{ key: "auto", proto: "protocol", plain: "auto", h_proto: "ethertype", sport: "port" },
      ...{ egress_ifindex: "ifindex", cpu: "cpu", last_seen: "boot-time", packets: "auto", declared: "ifindex" },
      ...{ behind_a_typedef: "ipv4", "many[0]": "ipv4", "many[1]": "ipv4", wrong: "auto", nonsense: "auto" },
      ...{ six: "auto", net: "auto", ifindex: "auto", proto_of_four: "auto" },
    });
    const value = new Uint8Array(shaped.value.size);
    const cells = (): Record<string, string> =>
      Object.fromEntries(shaped.value.columns.map((one) => [one.path, formatColumn(one, value, true)]));
    const set = (path: string, text: string) => {
      const column = shaped.value.columns.find((one) => one.path === path);
      if (column === undefined) throw new Error(`no column ${path}`);
      expect(parseColumn(column, text, value, true)?.message).toBeUndefined();
    };
    const typed = {
      ...{ proto: "TCP", h_proto: "IPv6", sport: "443", egress_ifindex: "port1", declared: "port0" },
      ...{ behind_a_typedef: "192.0.2.1", six: "2001:db8::1", net: "10.0.0.0/8" },
      last_seen: "2027-01-15 12:30:00.000000001",
    };
    for (const [path, text] of Object.entries(typed)) set(path, text);
    expect(cells()).toMatchObject(typed);
    expect([...value.subarray(0, 6)]).toEqual([6, 0, 0x86, 0xdd, 1, 187]);
  });

  it("keeps numbers where no interface is known, says where those are that it names, and counts what counts", () => {
    const nowhere = { ...surroundings, interfaces: new Map<number, string>() };
    const column = (path: string, around: Surroundings) =>
      rowsColumns(plain, shapeLayout(plain, {}, around), {}, around).find((one) => one.path === path);
    expect(column("egress_ifindex", nowhere)).toMatchObject({ shown: "auto", where: null, align: "number" });
    expect(column("egress_ifindex", surroundings)).toMatchObject({ shown: "ifindex", where: "in namespace xdpw-lab" });
    expect(column("packets", surroundings)?.counts).toBe(true);
    expect(column("cpu", surroundings)?.counts).toBe(false);
  });

  it("reads back every byte in every format that it offers", () => {
    const columns = plain.value.columns;
    const column = fc.constantFrom(...columns).chain((one) =>
      fc.record({
        one: fc.constant(one),
        format: fc.constantFrom(...formatsOf(one), "auto" as const),
        bytes: fc.uint8Array({ minLength: plain.value.size, maxLength: plain.value.size }),
      }),
    );
    fc.assert(
      fc.property(column, ({ one, format, bytes }) => {
        const shown = withFormat(one, format, surroundings);
        // a prefix's length is checked when it is typed
        if (one.path === "net") new DataView(bytes.buffer, bytes.byteOffset).setUint32(one.offset, 17, true);
        const back = bytes.slice().fill(0, one.offset, one.offset + one.node.size);
        const failure = parseColumn(shown, formatColumn(shown, bytes, true), back, true);
        expect(failure?.message).toBeUndefined();
        expect(Buffer.from(back).toString("hex")).toBe(Buffer.from(bytes).toString("hex"));
      }),
      { numRuns: 3000 },
    );
  });
});
