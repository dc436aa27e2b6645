import { expect, it } from "vitest";
import { attachTwin } from "../../../main/commands/twins.ts";
import type { Attachment } from "../../../protocol/attach.ts";

const program = { mode: "native", id: 7, name: "count", tag: "0".repeat(16), jited: true, loadTime: "1" } as const;
const done: Attachment = {
  place: { netns: "lab", ifindex: 2, name: "port0" },
  program,
  maps: [
    { name: "flows", id: 3 },
    { name: ".bss", id: 4 },
  ],
  kept: [],
  replaced: { ...program, id: 6 },
  gapNanoseconds: null,
};
const kept = (name: string, fate: "keep" | "carry") => ({ name, fate, entries: 1, lost: 0 });

it("without kept maps is ip's alone", () => {
  expect(attachTwin("/src/a.bpf.c", [], done)).toMatchObject({
    lines: [
      "ip -n lab -force link set dev port0 xdpdrv object /src/a.bpf.c program count",
      "ip -n lab -d link show dev port0",
    ],
    xdpw: "xdpw attach /src/a.bpf.c --netns lab --dev port0 --mode native --prog count",
  });
});

it("is quoted where a name is odd, and one that looks like a flag is no flag", () => {
  const place = { netns: "it's", ifindex: 2, name: "-x" };
  const { lines, xdpw } = attachTwin("/src/a.bpf.c", [], { ...done, place });
  expect(lines.at(-1)).toBe(`ip -n 'it'\\''s' -d link show dev -x`);
  expect(xdpw).toContain(` --netns 'it'\\''s' --dev=-x --mode`);
  const red = attachTwin("/src/a.bpf.c", [], { ...done, place: { ...place, name: "\u001b[31m'" } });
  expect(red.lines.at(-1)).toBe(`ip -n 'it'\\''s' -d link show dev $'\\033[31m\\''`);
});

it("with kept maps loads by bpftool's words, under the names that libbpf gives sections", () => {
  const twin = attachTwin("/src/a-long-name.o", [], { ...done, kept: [kept("flows", "keep"), kept(".bss", "keep")] });
  expect(twin.lines.slice(0, 3)).toEqual([
    "bpftool prog load /src/a-long-name.o /sys/fs/bpf/count type xdp map name flows id 3 map name a_long_n.bss id 4",
    "ip -n lab -force link set dev port0 xdpdrv pinned /sys/fs/bpf/count",
    "rm /sys/fs/bpf/count",
  ]);
  expect(twin.xdpw).toMatch(/ --maps flows=keep --maps \.bss=keep$/);
});

it("says what no other tool does", () => {
  const load = {
    globals: [{ name: "limit", value: "a b" }],
    maxEntries: [{ map: "flows", entries: 9 }],
  };
  const twin = attachTwin("/src/a.o", [], { ...done, kept: [kept("flows", "carry")] }, load);
  expect(twin.lines[0]).toMatch(/^# neither ip nor bpftool sets globals or sizes, or converts contents/);
  expect(twin.xdpw).toMatch(/ --maps flows=carry --set 'limit=a b' --max-entries flows=9$/);
});
