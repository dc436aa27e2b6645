import { describe, expect, it } from "vitest";
import { columnLines, columns } from "../../../main/cli/columns.ts";
import { commands } from "../../../main/cli/commands.ts";
import { diagnosticLines, shortPath, telling } from "../../../main/cli/diagnostic-lines.ts";
import { failureText } from "../../../main/cli/failure-text.ts";
import { commandHelp, overview } from "../../../main/cli/help.ts";
import { statusText } from "../../../main/cli/status.ts";
import { createPaint, wantsColours } from "../../../main/cli/paint.ts";

const plain = createPaint(false);

describe("columns", () => {
  it("align, numbers to the right, without trailing spaces", () => {
    const rows = [
      ["a", "1", "x"],
      ["long", "1000", ""],
    ];
    expect(columns(["name", "n", "note"], rows, { right: [1] })).toBe("name     n  note\na        1  x\nlong  1000\n");
  });
  it("of no rows are the header alone, of no header the rows alone", () => {
    expect(columns(["a"], [])).toBe("a\n");
    expect(columns(null, [["x", "y"]])).toBe("x  y\n");
  });
  it("of very many rows come line by line", () => {
    function* rows(): Generator<readonly string[]> {
      for (let index = 0; index < 100_000; index++) yield [`${index}`];
    }
    let lines = 0;
    for (const line of columnLines(["n"], rows())) lines += line.endsWith("\n") ? 1 : 0;
    expect(lines).toBe(100_001);
  });
});

describe("names that are not ours", () => {
  const escape = "\u001b[31m\u009b1m";
  it("reach no terminal with what it would act on", () => {
    const device = {
      ...{ ifindex: 2, name: `${escape}x`, netns: `a\nb${escape}`, driver: null, mac: null, mtu: 1500, up: true },
      ...{ features: null, modes: [], attached: [] },
    };
    expect(statusText([device], plain)).toBe(
      [
        "netns                 interface        state   mtu  driver  modes  attached\n",
        "a\\x0ab\\x1b[31m\\x9b1m  \\x1b[31m\\x9b1mx  up     1500  -       -      -\n",
      ].join(""),
    );
    const failure = { kind: "usage", message: `interface ${escape}: gone\nsee` } as const;
    expect(failureText(failure, "/", plain)).toBe("xdpw: interface \\x1b[31m\\x9b1m: gone\nsee\n");
  });
});

describe("findings", () => {
  const finding = {
    file: "/src/a/x.bpf.c",
    line: 9,
    column: 4,
    severity: "error",
    class: "packet-bounds",
    message: "invalid access to packet",
  } as const;
  it("are file:line:column, from where the user is", () => {
    expect(diagnosticLines([finding], "/src", plain)).toEqual([
      "a/x.bpf.c:9:4: error: invalid access to packet (packet-bounds)",
    ]);
  });
  it("leave out what is not known", () => {
    expect(diagnosticLines([{ ...finding, line: 0, column: 0 }], "/elsewhere/far/away", plain)).toEqual([
      "/src/a/x.bpf.c: error: invalid access to packet (packet-bounds)",
    ]);
  });
  it("take the shorter path", () => {
    expect(shortPath("/src/a.c", "/src")).toBe("a.c");
    expect(shortPath("/src/a.c", "/src/b")).toBe("../a.c");
    expect(shortPath("/a.c", "/src/b/c")).toBe("/a.c");
    expect(shortPath("<stdin>", "/src")).toBe("<stdin>");
  });
  it("of a log are its last lines before the statistics", () => {
    const log = "0: r1\n1: (71) r1 = *(u8 *)(r1 +100)\ninvalid access to packet\nprocessed 2 insns (limit 1000000)\n\n";
    expect(telling(log)).toEqual(["0: r1", "1: (71) r1 = *(u8 *)(r1 +100)", "invalid access to packet"]);
    expect(telling("")).toEqual([]);
  });
  it("stand before the failure that they explain", () => {
    const failure = { kind: "build-failed", message: "attach: it does not compile", diagnostics: [finding] } as const;
    expect(failureText({ ...failure, diagnostics: [...failure.diagnostics] }, "/src", plain)).toBe(
      "a/x.bpf.c:9:4: error: invalid access to packet (packet-bounds)\nxdpw: attach: it does not compile\n",
    );
  });
});

describe("help", () => {
  it("of every command names its flags and shows an example", () => {
    for (const spec of commands) {
      const text = commandHelp(spec, plain);
      expect(text).toContain(`xdpw ${spec.words.join(" ")}`);
      for (const flag of Object.keys(spec.flags)) expect(text).toContain(`--${flag}`);
      expect(text).toContain("--json");
      expect(spec.examples.length).toBeGreaterThan(0);
    }
    expect(overview(commands, "1.2.3", plain)).toContain("exit status: 0 done");
  });
});

describe("colours", () => {
  it("are for terminals whose users want them", () => {
    expect(wantsColours(true, {})).toBe(true);
    expect(wantsColours(false, {})).toBe(false);
    expect(wantsColours(true, { NO_COLOR: "1" })).toBe(false);
    expect(wantsColours(true, { TERM: "dumb" })).toBe(false);
    expect(createPaint(true).red("x")).toBe("\u001b[31mx\u001b[39m");
    expect(plain.red("x")).toBe("x");
  });
});
