import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { commands } from "../../../main/cli/commands.ts";
import { type CommandLine, parseCommandLine } from "../../../main/cli/parse-command-line.ts";

const parse = (...argv: readonly string[]): CommandLine => parseCommandLine(argv, commands);
const message = (...argv: readonly string[]): string => {
  const line = parse(...argv);
  return line.kind === "wrong" ? line.message : `(${line.kind})`;
};

describe("a command line", () => {
  it("gives the command, its flags and its arguments", () => {
    const line = parse("attach", "a.bpf.c", "--dev", "port0", "--netns=lab", "--mode", "native", "--json");
    expect(line).toMatchObject({
      kind: "run",
      spec: { words: ["attach"] },
      typed: { flags: { dev: ["port0"], netns: "lab", mode: "native", json: true }, arguments: ["a.bpf.c"] },
    });
  });
  it("takes flags before, between and after arguments, and short ones", () => {
    const line = parse("map", "set", "--netns", "lab", "m", "1", "-v", "2");
    expect(line).toMatchObject({ kind: "run", typed: { flags: { verbose: true }, arguments: ["m", "1", "2"] } });
    expect(parse("build", "-o", "-", "a.c")).toMatchObject({ kind: "run", typed: { flags: { output: "-" } } });
  });
  it("takes what starts with a minus behind --", () => {
    expect(parse("map", "get", "m", "--", "-1")).toMatchObject({ kind: "run", typed: { arguments: ["m", "-1"] } });
    expect(message("map", "get", "m", "-1")).toContain("a value that starts with a minus goes behind --");
  });
});

describe("help and version", () => {
  it("is given of all, of a group, of one command", () => {
    expect(parse("--version")).toEqual({ kind: "version" });
    expect(parse("--help")).toEqual({ kind: "help", specs: commands });
    expect(parse("-h")).toEqual({ kind: "help", specs: commands });
    expect(parse("help", "lab")).toMatchObject({ kind: "help", specs: { length: 4 } });
    const ofMaps = commands.filter(({ words }) => words[0] === "map");
    expect(parse("map", "--help")).toEqual({ kind: "help", specs: ofMaps });
    expect(parse("lab", "traffic", "--help")).toMatchObject({ kind: "help", specs: [{ words: ["lab", "traffic"] }] });
  });
});

describe("a mistake", () => {
  it("in a command names the nearest", () => {
    expect(message()).toBe("which command?");
    expect(message("atach")).toBe("unknown command atach: do you mean attach?");
    expect(message("map", "dmup", "x")).toBe("unknown command map dmup: do you mean dump?");
    expect(message("map")).toMatch(/^map: list, dump, get, set, .+ or \w+\?$/);
    expect(message("frobnicate")).toMatch(/^unknown command frobnicate: there is new, build, verify/);
  });
  it("in a flag that may be given again is none", () => {
    expect(parse("new", "pass", "mine", "--name", "program=a", "--name=b=c")).toMatchObject({
      kind: "run",
      typed: { flags: { name: "program=a,b=c" } },
    });
  });
  it("in a flag names the nearest", () => {
    expect(message("attach", "a.c", "--dve", "x")).toBe("attach: unknown flag --dve: do you mean --dev?");
    expect(message("status", "--jsn")).toBe("status: unknown flag --jsn: do you mean --json?");
    expect(message("--verson")).toBe("unknown flag --verson: do you mean --version?");
    expect(message("status", "--constructor")).toMatch(/^status: unknown flag --constructor/);
  });
  it("in a value says what is taken", () => {
    expect(message("attach", "a.c", "--dev")).toBe("attach: --dev needs a value: --dev IF");
    expect(message("attach", "a.c", "--dev", "--json")).toBe("attach: --dev needs a value: --dev IF");
    expect(message("attach", "a.c", "--dev", "-x")).toBe(
      "attach: --dev needs a value: --dev IF; of one that begins so: --dev=-x",
    );
    expect(message("attach", "a.c", "--dev=", "--json")).toBe("attach: --dev needs a value: --dev IF");
    expect(message("status", "--json=yes")).toBe("status: --json takes no value");
    expect(message("attach", "a.c", "--dev", "x", "--mode", "nativ")).toBe(
      "attach: --mode nativ: give native, skb, hw or auto",
    );
    expect(message("lab", "traffic", "--from", "port0")).toBe("lab traffic: --from port0: give host0 or host1");
    expect(message("status", "--dev", "a", "--dev", "b")).toBe("status: --dev is given twice");
  });
  it("in the arguments says which", () => {
    expect(message("verify")).toMatch(/^verify: FILE is missing/);
    expect(message("map", "get", "m")).toMatch(/^map get: KEY is missing/);
    expect(message("verify", "a.c", "b.c")).toBe('verify: unexpected word "b.c"');
    expect(message("lab", "traffic")).toMatch(/^lab traffic: --from HOST is missing/);
  });
  it("of any kind is answered, never thrown", () => {
    const word = fc.oneof(
      fc.string(),
      fc.constantFrom("map", "set", "lab", "--dev", "--json", "-o", "--", "-", "--netns=", "--__proto__", "-hv"),
    );
    fc.assert(fc.property(fc.array(word), (argv) => /run|version|help|wrong/.test(parse(...argv).kind)));
  });
});
