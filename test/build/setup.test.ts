import { spawnSync } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { refuseNode } from "../../build/setup/node-version.mjs";
import { choosePackages, installCommand } from "../../build/setup/plan.mjs";
import { findCommand, findManager, findMissing, withSystemDirectories } from "../../build/setup/probe.mjs";
import { requirements } from "../../build/setup/requirements.mjs";
import { provideSystem } from "../../build/setup/system.mjs";

const needed = requirements.filter(({ tests }) => tests !== true);
let root: string;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "setup-"));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

/** A made-up machine: only what was put there is there. */
function system() {
  return { root, path: [join(root, "usr/bin"), join(root, "usr/sbin")] };
}

function putFile(path: string, mode = 0o644): void {
  const file = join(root, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, "");
  chmodSync(file, mode);
}

function putAll(): void {
  for (const { probe } of needed) {
    if ("commands" in probe) putFile(`usr/bin/${probe.commands[0]}`, 0o755);
    if ("headers" in probe) for (const header of probe.headers) putFile(`usr/include/${header}`);
  }
}

interface Story {
  readonly code: number;
  readonly ran: readonly string[];
  readonly said: string;
}

type Machine = Parameters<typeof provideSystem>[0];

/** Runs the set-up on the made-up machine; `run` decides what a command does and returns its exit code. */
function provide(change: Partial<Machine>, run: (command: string) => number = () => 0): Story {
  const ran: string[] = [];
  const said: string[] = [];
  const code = provideSystem({
    system: system(),
    requirements: needed,
    mayInstall: true,
    isRoot: true,
    hasTerminal: false,
    run: (command) => {
      ran.push(command.join(" "));
      return run(command.join(" "));
    },
    isKnown: () => true,
    listsAreOld: () => false,
    say: (text) => said.push(text),
    ...change,
  });
  return { code, ran, said: said.join("\n") };
}

describe("finding what is missing", () => {
  it("finds everything missing on an empty machine and nothing on a full one", () => {
    expect(findMissing(system(), needed)).toEqual(needed);
    putAll();
    expect(findMissing(system(), needed)).toEqual([]);
  });

  it("takes any of several commands, and wants every header", () => {
    putAll();
    rmSync(join(root, "usr/bin/g++"));
    expect(findMissing(system(), needed).map(({ name }) => name)).toEqual(["C++ compiler"]);
    putFile("usr/bin/c++", 0o755);
    rmSync(join(root, "usr/include/bpf/libbpf.h"));
    expect(findMissing(system(), needed).map(({ name }) => name)).toEqual(["libbpf headers"]);
  });

  it("finds headers in the multiarch directories", () => {
    putAll();
    rmSync(join(root, "usr/include/asm"), { recursive: true });
    expect(findMissing(system(), needed).map(({ name }) => name)).toEqual(["kernel interface headers"]);
    putFile("usr/include/aarch64-linux-gnu/asm/types.h");
    expect(findMissing(system(), needed)).toEqual([]);
  });

  it("takes neither a file that cannot be run nor a directory for a command", () => {
    putFile("usr/bin/clang", 0o644);
    mkdirSync(join(root, "usr/sbin/clang"), { recursive: true });
    expect(findCommand(system(), "clang")).toBeUndefined();
    putFile("usr/sbin/ip", 0o755);
    expect(findCommand(system(), "ip")).toBe(join(root, "usr/sbin/ip"));
  });

  it("looks into the system's directories too, once and last", () => {
    expect(withSystemDirectories("/a:/sbin:/b")).toBe("/a:/sbin:/b:/usr/local/sbin:/usr/sbin");
    expect(withSystemDirectories(undefined)).toBe("/usr/local/sbin:/usr/sbin:/sbin");
  });
});

describe("naming packages", () => {
  const lists = {
    apt: "clang llvm libbpf-dev libelf-dev zlib1g-dev linux-libc-dev g++ iproute2 ethtool bpftool bubblewrap clangd clang-format",
    dnf: "clang llvm libbpf-devel elfutils-libelf-devel zlib-devel kernel-headers gcc-c++ iproute ethtool bpftool bubblewrap clang-tools-extra",
    zypper:
      "clang llvm libbpf-devel libelf-devel zlib-devel linux-glibc-devel gcc-c++ iproute2 ethtool bpftool bubblewrap",
    pacman: "clang llvm libbpf libelf zlib linux-api-headers gcc iproute2 ethtool bpf bubblewrap",
  };
  const commands = { apt: "apt-get", dnf: "dnf", zypper: "zypper", pacman: "pacman" };

  it.each(["apt", "dnf", "zypper", "pacman"] as const)("knows the names of %s", (manager) => {
    putFile(`usr/bin/${commands[manager]}`, 0o755);
    expect(findManager(system())).toBe(manager);
    expect(choosePackages(needed, manager, () => true).join(" ")).toBe(lists[manager]);
    const command = installCommand(manager, ["clang"]);
    expect(command).toContain(commands[manager]);
    expect(command.at(-1)).toBe("clang");
  });

  it("takes the next alternative where the first is not known", () => {
    const packages = choosePackages(needed, "apt", (name) => name !== "bpftool");
    expect(packages).toContain("linux-tools-generic");
    expect(packages).not.toContain("bpftool");
  });
});

describe("installing", () => {
  beforeEach(() => putFile("usr/bin/apt-get", 0o755));

  it("says nothing and runs nothing where nothing is missing", () => {
    putAll();
    expect(provide({})).toEqual({ code: 0, ran: [], said: "" });
  });

  it("names everything before it installs it", () => {
    const story = provide({}, () => {
      putAll();
      return 0;
    });
    expect(story.code).toBe(0);
    expect(story.ran).toHaveLength(1);
    expect(story.ran[0]).toMatch(/^env DEBIAN_FRONTEND=noninteractive apt-get install --yes --no-install-recommends /);
    for (const name of (story.ran[0] ?? "").split("--no-install-recommends ")[1]?.split(" ") ?? []) {
      expect(story.said).toContain(name);
    }
  });

  it("renews old package lists first, and others when the first try fails", () => {
    const old = provide({ listsAreOld: () => true }, () => {
      putAll();
      return 0;
    });
    expect(old.ran.map((command) => command.includes("update"))).toEqual([true, false]);
    rmSync(join(root, "usr/bin/clang"));
    let tries = 0;
    const failing = provide({}, (command) => {
      if (command.includes("update")) return 0;
      tries += 1;
      if (tries === 1) return 100;
      putAll();
      return 0;
    });
    expect(failing.code).toBe(0);
    expect(failing.ran.map((command) => command.includes("update"))).toEqual([false, true, false]);
  });

  it("installs nothing under XDPW_NO_INSTALL: a list, the command, and exit 3", () => {
    const story = provide({ mayInstall: false, isRoot: false });
    expect(story.code).toBe(3);
    expect(story.ran).toEqual([]);
    for (const { name } of needed) expect(story.said).toContain(name);
    expect(story.said).toContain("sudo env DEBIAN_FRONTEND=noninteractive apt-get install");
  });

  it("goes through sudo where it may, without asking where there is no terminal", () => {
    putFile("usr/bin/sudo", 0o755);
    const grant = () => {
      putAll();
      return 0;
    };
    expect(provide({ isRoot: false }, grant).ran[0]).toBe("sudo -n -v");
    rmSync(join(root, "usr/bin/clang"));
    const story = provide({ isRoot: false, hasTerminal: true }, grant);
    expect(story.ran[0]).toBe("sudo -v");
    expect(story.code).toBe(0);
  });

  it("tells the command to run by hand where sudo is missing or refuses", () => {
    const without = provide({ isRoot: false });
    expect(without).toMatchObject({ code: 3, ran: [] });
    expect(without.said).toContain("by hand");
    putFile("usr/bin/sudo", 0o755);
    const refused = provide({ isRoot: false }, () => 1);
    expect(refused).toMatchObject({ code: 3, ran: ["sudo -n -v"] });
    expect(refused.said).toContain("apt-get install");
  });

  it("says what is still missing when the package manager did not bring it", () => {
    const story = provide({}, () => 0);
    expect(story.code).toBe(3);
    expect(story.said).toContain("still missing");
  });

  it("lists and ends with 3 where no package manager is known", () => {
    rmSync(join(root, "usr/bin/apt-get"));
    const story = provide({});
    expect(story).toMatchObject({ code: 3, ran: [] });
    expect(story.said).toContain("clang");
  });
});

describe("what is only comfort", () => {
  const without = (): void => {
    putAll();
    rmSync(join(root, "usr/bin/clangd"));
    putFile("usr/bin/apt-get", 0o755);
    putFile("usr/bin/sudo", 0o755);
  };

  it("is installed where that needs nobody's leave, and is enough in a version of its own", () => {
    without();
    const story = provide({}, () => {
      putFile("usr/bin/clangd-17", 0o755);
      return 0;
    });
    expect(story.ran).toEqual([expect.stringMatching(/apt-get install .* clangd$/)]);
    expect(provide({})).toEqual({ code: 0, ran: [], said: "" });
  });

  it("stops no start, asks for no password, and is tried once", () => {
    without();
    const failing = provide({}, () => 100);
    expect(failing).toMatchObject({ code: 0 });
    expect(failing.said).toContain("going on without");
    for (const change of [{ isRoot: false }, { mayInstall: false }, { triedComfort: true }]) {
      const story = provide(change);
      expect(story).toMatchObject({ code: 0, ran: [] });
      expect(story.said).toMatch(/clangd .*while C is typed[^]*to install it: .*apt-get install/);
    }
  });

  it("is left out where the rest cannot be installed with it", () => {
    without();
    rmSync(join(root, "usr/bin/llc"));
    const story = provide({}, (command) => {
      if (command.includes("clangd")) return 100;
      putFile("usr/bin/llc", 0o755);
      return 0;
    });
    expect(story.code).toBe(0);
    expect(story.ran.at(-1)).toMatch(/--no-install-recommends llvm$/);
  });
});

describe("the set-up as a command", () => {
  const script = join(import.meta.dirname, "../../build/setup/setup.mjs");

  it("ends with 3 and a list under XDPW_NO_INSTALL where clang is not on PATH", () => {
    const { status, stderr } = spawnSync(process.execPath, [script], {
      encoding: "utf8",
      env: { ...process.env, PATH: root, XDPW_NO_INSTALL: "1" },
    });
    expect(stderr).toContain("clang");
    expect(status).toBe(3);
  });

  it("refuses unknown options", () => {
    expect(spawnSync(process.execPath, [script, "--bogus"]).status).toBe(2);
  });
});

describe("the least Node", () => {
  it.each(["20.19.0", "20.20.2", "22.0.0", "26.1.0"])("takes %s", (version) => {
    expect(refuseNode(version)).toBeUndefined();
  });
  it.each(["20.18.3", "18.20.0", "8.0.0"])("refuses %s", (version) => {
    expect(refuseNode(version)).toContain("20.19");
  });
});
