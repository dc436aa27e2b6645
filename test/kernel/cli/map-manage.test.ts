/** Maps made, pinned, emptied, frozen and unpinned by ./xdpw, each run a process of its own. */
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, rmdirSync, rmSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { isRoot, needsRoot, openScene, type Scene } from "./run-xdpw.ts";

const folder = `/sys/fs/bpf/xdpwtc${process.pid}`;
const bpftool = (...words: string[]): unknown =>
  JSON.parse(execFileSync("bpftool", ["-j", ...words], { encoding: "utf8" }));

describe.skipIf(!isRoot)(`maps themselves${isRoot ? "" : `: ${needsRoot}`}`, () => {
  let scene: Scene;
  beforeAll(() => {
    scene = openScene();
  });
  afterAll(async () => {
    await scene?.end();
    rmSync(folder, { recursive: true, force: true });
  });

  it("live as long as something holds them, and say what that is", async () => {
    const sizes = ["--type", "lpm_trie", "--key", "8", "--value", "4", "--entries", "8"];
    const made = await scene.run("map", "create", "t_cli", ...sizes, "--pin", `${folder}/routes`, "--json");
    const { map } = made.json as { map: { id: number } };
    expect(bpftool("map", "show", "pinned", `${folder}/routes`)).toMatchObject({ id: map.id, flags: 1, name: "t_cli" });
    const outer = [
      "--type",
      "array_of_maps",
      "--key",
      "4",
      "--value",
      "4",
      "--entries",
      "2",
      "--inner",
      `id:${map.id}`,
    ];
    await scene.run("map", "create", "t_cli_outer", ...outer, "--pin", `${folder}/outer`);
    expect((await scene.run("map", "set", `pinned:${folder}/outer`, "1", `${map.id}`)).status).toBe(0);
    await scene.run("map", "set", `id:${map.id}`, "10.0.0.0/8", "0x01000000");

    const list = (await scene.run("map", "list", "--json")).json as { id: number; outer_maps: number[] }[];
    const listed = list.find(({ id }) => id === map.id);
    expect(listed).toMatchObject({ pins: [`${folder}/routes`], flags: ["BPF_F_NO_PREALLOC"], frozen: false });
    expect(listed?.outer_maps).toHaveLength(1);

    const dry = await scene.run("map", "clear", `id:${map.id}`, "--dry-run");
    expect(dry.out).toContain("1 entry; nothing was written");
    expect((await scene.run("map", "clear", `id:${map.id}`, "--json")).json).toMatchObject({ cleared: 1 });
    await scene.run("map", "freeze", `id:${map.id}`);
    const refused = await scene.run("map", "set", `id:${map.id}`, "10.0.0.0/8", "0x01000000");
    expect(refused.status).toBe(1);
    expect(refused.err).toContain("is frozen: only programs write to it");

    // an empty folder goes only if it was made for a pin
    const kept = `${folder}/kept`;
    mkdirSync(kept);
    await scene.run("map", "pin", `id:${map.id}`, `${kept}/deep/er/routes`);
    expect((await scene.run("map", "unpin", `${kept}/deep/er/routes`)).status).toBe(0);
    expect([existsSync(kept), existsSync(`${kept}/deep`)]).toEqual([true, false]);
    rmdirSync(kept);

    const stays = await scene.run("map", "unpin", `${folder}/routes`, "--json");
    expect(stays.json).toMatchObject({ stays: true, dry_run: false });
    const goes = await scene.run("map", "unpin", `${folder}/outer`);
    expect(goes.out).toContain("Nothing else holds it");
    expect(existsSync(folder)).toBe(false);
    expect((await scene.run("map", "pin", `id:${map.id}`, "/tmp/t_cli")).err).toMatch(/under \/sys\/fs\/bpf|no map/);
  });
});
