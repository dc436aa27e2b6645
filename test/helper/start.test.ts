import { describe, expect, it } from "vitest";
import { parseHelperArguments } from "../../helper/arguments.ts";
import { environmentFor } from "../../helper/environment.ts";
import { invokerUid } from "../../helper/invoker.ts";

describe("the helper's command line", () => {
  const parse = (...argv: string[]) => parseHelperArguments(argv);

  it("is a role, a socket and how it crossed", () => {
    expect(parse("--role", "plain", "--connect", "/run/x")).toEqual({
      role: "plain",
      connect: "/run/x",
      crossed: "none",
    });
    expect(parse("--role", "elevated", "--connect", "/run/x", "--crossed", "sudo")?.crossed).toBe("sudo");
  });

  it.each([
    [[]],
    [["--role", "root", "--connect", "/run/x"]],
    [["--role", "plain"]],
    [["--role", "plain", "--connect", "relative"]],
    [["--role", "plain", "--connect", `/${"x".repeat(107)}`]],
    [["--role", "plain", "--connect", "/run/x", "--crossed", "sudo"]],
    [["--role", "elevated", "--connect", "/run/x", "--crossed", "su"]],
    [["--role", "plain", "--connect", "/run/x", "--eval", "1"]],
    [["--role", "plain", "--connect", "/run/x", "more"]],
  ])("is refused as %j", (argv) => {
    expect(parse(...argv)).toBe(null);
  });
});

describe("the invoker", () => {
  it("is the real uid where nothing was crossed, whatever the environment says", () => {
    expect(invokerUid("none", { SUDO_UID: "1000", PKEXEC_UID: "1001" }, { real: 0, effective: 0 })).toBe(0);
  });

  it("is who called sudo or pkexec, if this process is root", () => {
    expect(invokerUid("sudo", { SUDO_UID: "1000", PKEXEC_UID: "1001" }, { real: 0, effective: 0 })).toBe(1000);
    expect(invokerUid("pkexec", { SUDO_UID: "1000", PKEXEC_UID: "1001" }, { real: 0, effective: 0 })).toBe(1001);
    expect(invokerUid("sudo", { SUDO_UID: "1000" }, { real: 1000, effective: 1000 })).toBe(null);
  });

  it.each(["", "-1", "0x0", "1000 ", "99999999999", "4294967296"])("is nobody where the uid reads %j", (uid) => {
    expect(invokerUid("sudo", { SUDO_UID: uid }, { real: 0, effective: 0 })).toBe(null);
  });
});

describe("the environment", () => {
  const given = {
    PATH: "relative:/opt/llvm/bin::/usr/bin",
    HOME: "/home/u",
    LD_PRELOAD: "/x.so",
    NODE_OPTIONS: "-r x",
  };

  it("of the elevated instance is fixed", () => {
    const kept = environmentFor("elevated", given);
    expect(Object.keys(kept).toSorted()).toEqual(["LANG", "LC_ALL", "PATH"]);
    expect(kept["PATH"]).not.toContain("/opt");
  });

  it("of the plain instance keeps HOME and the absolute part of PATH", () => {
    const kept = environmentFor("plain", given);
    expect(kept).toEqual({ PATH: "/opt/llvm/bin:/usr/bin", HOME: "/home/u", LANG: "C", LC_ALL: "C" });
  });
});
