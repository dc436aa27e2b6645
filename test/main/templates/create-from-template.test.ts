import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { tokenise } from "../../../main/legacy/tokenise.ts";
import { templatesRoot } from "../../../main/paths.ts";
import { wrongName } from "../../../main/templates/check-names.ts";
import { createFromTemplate } from "../../../main/templates/create-from-template.ts";
import { readTemplates } from "../../../main/templates/list-templates.ts";
import { renameInPackets, renameInReadme, renameInSource } from "../../../main/templates/rename-in-template.ts";
import { failureOf, temporaryFolder } from "../source/temporary-folder.ts";

const root = templatesRoot();
const create = (id: string, folder: string, names: Record<string, string> = {}) =>
  createFromTemplate(root, { id, folder, names });

describe("a program from a template", () => {
  test.each(readTemplates(root))("$id: its names are a function or maps of its source", ({ folder, file }) => {
    const source = readFileSync(join(folder, file.program), "utf8");
    const [program, ...maps] = file.names;
    expect(program?.id).toBe("program");
    expect(source).toContain(`\nint ${program?.default}(struct xdp_md *ctx)`);
    for (const map of maps) expect(source).toContain(`} ${map.default} SEC(".maps");`);
    expect(new Set(file.names.map(({ id }) => id)).size).toBe(file.names.length);
  });

  test("without names it is the template, without what describes the lesson", async () => {
    const folder = join(temporaryFolder(), "deep/mine");
    const { source, notes } = await create("ipv4-router", folder);
    expect(source.path).toBe(join(folder, "program.bpf.c"));
    expect(source.text).toBe(readFileSync(join(root, "ipv4-router/program.bpf.c"), "utf8"));
    expect(notes).toEqual([]);
    expect(readdirSync(folder).sort()).toEqual(["README.md", "packets.json", "program.bpf.c"]);
  });

  test("the chosen names are in the source, its comments, the README and the packets", async () => {
    const folder = join(temporaryFolder(), "mine");
    const { source } = await create("ipv4-router", folder, { program: "edge", routes: "hops", ports: "ways" });
    expect(source.text).toContain("int edge(struct xdp_md *ctx)");
    expect(source.text).toContain("bpf_map_lookup_elem(&hops, &dest)");
    expect(source.text).toContain("/* key in ways */");
    expect(source.text).not.toMatch(/\b(xdp_router|routes|tx_ports)\b/);
    const readme = readFileSync(join(folder, "README.md"), "utf8");
    expect(readme).toContain("| `hops`   | prefix | `port` (a key of `ways`)");
    expect(readme).toContain(`./xdpw attach ${folder}/program.bpf.c --netns xdpw-lab`);
    expect(readme).toContain("./xdpw map set ways 1 port1");
    expect(readme).toContain("with the routes that the kernel has already");
    const packets = readFileSync(join(folder, "packets.json"), "utf8");
    expect(packets).toContain('{ "map": "ways", "key": 1, "value": 1 }');
    expect(packets).not.toMatch(/"(routes|tx_ports)"/);
  });

  test("a structure, a field, a local and a word of the same name stay as they are", () => {
    const text = `/* the limit of a limit_map */
struct limit { int limit; };
#define LOOK bpf_map_lookup_elem(&limit, 0)
struct { } limit SEC(".maps");
static int fill(struct limit *limit) { return limit->limit; }
int f(void) { struct limit *set = bpf_map_lookup_elem(&limit, 0); return set->limit; } // "limit"
char *s = "limit";
`;
    expect(renameInSource(text, tokenise(text), new Map([["limit", "rate"]]))).toBe(
      text.replaceAll("(&limit, 0)", "(&rate, 0)").replace('} limit SEC(".maps")', '} rate SEC(".maps")'),
    );
  });

  test("two names change places at once", () => {
    const swap = new Map([
      ["a_1", "b_1"],
      ["b_1", "a_1"],
    ]);
    const place = { from: "bpf-templates/x", to: "/y" };
    expect(renameInPackets('{"map": "a_1", "key": "a_1", "name": "b_1 then a_1"}', swap)).toBe(
      '{"map": "b_1", "key": "a_1", "name": "a_1 then b_1"}',
    );
    expect(renameInReadme("`a_1` b_1 --b_1 x.a_1 `bpf-templates/x/b_1`", swap, place)).toBe(
      "`b_1` a_1 --b_1 x.a_1 `/y/b_1`",
    );
  });

  test.each([
    ["", "give a name"],
    ["1st", "C name"],
    ["a-b", "C name"],
    ["größe", "C name"],
    ["while", "word of the C language"],
    ["bool", "word of the C language"],
    ["bpf_mine", "belong to"],
    ["__mine", "belong to"],
    ["main", "something else"],
    ["taken", "something of that name"],
    ["x".repeat(64), "64 characters"],
  ])("%j is refused: %s", (name, why) => {
    expect(wrongName(name, new Set(["taken"]))).toContain(why);
  });

  test.each(["xdp_mine", "a", "x".repeat(63), "_mine"])("%s is taken", (name) => {
    expect(wrongName(name, new Set(["taken"]))).toBeNull();
  });

  test.each([
    [{ program: "next_hop" }, "program"],
    [{ routes: "decrease_ttl" }, "routes"],
    [{ program: "routes" }, "routes"],
    [{ routes: "mine", ports: "mine" }, "ports"],
    [{ nothing: "mine" }, "nothing"],
  ])("%j is refused by the name's id, and nothing is made", async (names: Record<string, string>, field) => {
    const above = temporaryFolder();
    const failure = await failureOf(create("ipv4-router", join(above, "mine"), names));
    expect(failure).toMatchObject({ kind: "bad-value", field });
    expect(readdirSync(above)).toEqual([]);
  });

  test("a folder or file that is there is refused by name and stays as it is", async () => {
    const above = temporaryFolder();
    mkdirSync(join(above, "folder"));
    writeFileSync(join(above, "file"), "mine");
    for (const name of ["folder", "file"]) {
      const failure = await failureOf(create("pass", join(above, name)));
      expect(failure).toMatchObject({ kind: "name-taken", name: join(above, name) });
    }
    expect(readdirSync(above).sort()).toEqual(["file", "folder"]);
    expect(readdirSync(join(above, "folder"))).toEqual([]);
  });

  test("a folder that cannot be made, and a template that is none", async () => {
    const above = temporaryFolder();
    writeFileSync(join(above, "file"), "");
    expect(await failureOf(create("pass", join(above, "file/mine")))).toMatchObject({ kind: "file" });
    expect(await failureOf(create("nothing", join(above, "mine")))).toMatchObject({ kind: "not-found" });
    expect(await failureOf(create("../build", join(above, "mine")))).toMatchObject({ kind: "not-found" });
  });

  test("a map name that the kernel cuts is told", async () => {
    const folder = join(temporaryFolder(), "mine");
    const { notes } = await create("ipv4-router", folder, {
      routes: "routes_of_the_edge",
      program: "xdp_a_long_program",
    });
    expect(notes).toHaveLength(1);
    expect(notes[0]).toContain("routes_of_the_edge is listed as routes_of_the_e");
  });
});
