/** `xdpw watch` as a user runs it: a loss told with its remedy, the remedy's command run, and the packets that arrive then. */
import { createInterface } from "node:readline";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { makeStage, type Stage } from "../redirects/stage.ts";
import { isRoot, needsRoot, openScene, type Running, type Scene } from "./run-xdpw.ts";

const line = z.looseObject({
  kind: z.enum(["watching", "redirect", "runs", "uncounted"]),
  tracepoint: z.string().optional(),
  title: z.string().optional(),
  packets: z.string().optional(),
  drops: z.string().optional(),
  rate: z.number().optional(),
  remedies: z.array(z.strictObject({ text: z.string(), command: z.string() })).optional(),
});
type Line = z.infer<typeof line>;

/** each line as it comes */
function follow({ child }: Running): (fits: (line: Line) => boolean) => Promise<Line> {
  const seen: Line[] = [];
  const waiting = new Set<() => void>();
  if (child.stdout !== null) {
    createInterface({ input: child.stdout }).on("line", (text) => {
      seen.push(line.parse(JSON.parse(text)));
      for (const look of waiting) look();
    });
  }
  return (fits) =>
    new Promise((resolve) => {
      const look = (): void => {
        const found = seen.find(fits);
        if (found === undefined) return;
        waiting.delete(look);
        resolve(found);
      };
      waiting.add(look);
      look();
    });
}

describe.skipIf(!isRoot)(`xdpw watch (without root: ${needsRoot})`, () => {
  let scene: Scene;
  let stage: Stage;
  beforeAll(async () => {
    scene = openScene();
    stage = await makeStage();
    await stage.run("to_port");
    stage.set("tx_ports", 0, 3);
  });
  afterAll(async () => {
    stage?.remove();
    await scene?.end();
  });

  it("tells of what is lost with the command that helps, and of what arrives after it; Ctrl+C ends it", async () => {
    const place = ["--netns", stage.port0.netns, "--dev", stage.port0.name];
    const running = scene.start(["watch", "--json", ...place]);
    const find = follow(running);
    await find(({ kind }) => kind === "watching");
    await stage.send(5);
    const lost = await find(({ drops }) => drops === "5");
    expect(lost).toMatchObject({
      kind: "redirect",
      title: expect.stringMatching(/^target has no XDP program: (EOPNOTSUPP|ENXIO)$/),
      from: { netns: stage.port0.netns, name: stage.port0.name, ifindex: 2 },
      to: { netns: stage.port1.netns, name: stage.port1.name, ifindex: 3 },
      action: "XDP_REDIRECT",
      program: { name: "to_port" },
    });
    expect((await find(({ kind }) => kind === "runs")).rate).toBeGreaterThan(0);

    const [word, ...words] = (lost.remedies?.[0]?.command ?? "").split(" ");
    expect(word).toBe("xdpw");
    const attached = await scene.run(...words, "--json");
    expect(attached).toMatchObject({ status: 0 });
    await stage.send(7);
    await find(({ tracepoint, packets }) => tracepoint === "xdp_devmap_xmit" && packets === "7");
    running.child.kill("SIGINT");
    expect(await running.finished).toMatchObject({ status: 0, err: "" });
  });

  it("is readable text too, and ends by itself where it is told to", async () => {
    await stage.run("gives_up");
    const running = scene.start(["watch", "--netns", stage.port0.netns, "--seconds", "3"]);
    await new Promise<void>((resolve) => running.child.stdout?.once("data", () => resolve()));
    await stage.send(4);
    const { status, out } = await running.finished;
    expect(status).toBe(0);
    const way = `${stage.port0.name} in ${stage.port0.netns}`;
    expect(out).toMatch(/^counting redirects/);
    expect(out).toContain(`${way} (gives_up): aborted by the program: XDP_ABORTED`);
    expect(out).toMatch(/\d\d:\d\d:\d\d lost [1-4]\/s, 4 in all/);
  });

  it("refuses what makes no sense before anything is tried", async () => {
    expect(await scene.run("watch", "--seconds", "0")).toMatchObject({ status: 2 });
    expect(await scene.run("watch", "--dev", "xdpwtnone", "--json")).toMatchObject({
      status: 1,
      json: { failure: { kind: "not-found", name: "xdpwtnone" } },
    });
  });
});
