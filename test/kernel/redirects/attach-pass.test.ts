/** The offer of the redirect doctor: the pass template, ours, and with a deadline where the user's own network would go. */
import "vscode-jsonrpc/node";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openAttachments } from "../../../main/attach/attachments.ts";
import { createHelperPool, type ElevatedPeer, type HelperPool } from "../../../main/helpers/helper-pool.ts";
import { attachPass } from "../../../main/redirects/attach-pass.ts";
import { buildHelper, eventually, execute, failureOf, skipReason } from "../helper/harness.ts";
import { makeStage, type Stage } from "./stage.ts";

describe.skipIf(skipReason !== "")("the offered pass program", () => {
  let stage: Stage;
  let helpers: HelperPool;
  const folder = mkdtempSync(join(tmpdir(), "xdpwt-pass-"));
  const attachments = openAttachments(folder);

  beforeAll(async () => {
    await buildHelper();
    stage = await makeStage();
    helpers = createHelperPool({ asking: { terminal: false }, changed: () => undefined, progress: () => undefined });
    await helpers.elevated("test");
  });
  afterAll(async () => {
    await helpers?.close();
    stage?.remove();
    rmSync(folder, { recursive: true });
  });

  const attached = async (): Promise<string> => {
    const { netns, name } = stage.receiver;
    const { stdout } = await execute("ip", ["-n", netns, "-d", "link", "show", "dev", name]);
    return /prog\/xdp id \d+ name \S+/.exec(stdout)?.[0] ?? "nothing";
  };
  const place = () => ({ netns: stage.receiver.netns, ifindex: stage.receiver.ifindex, name: stage.receiver.name });

  /** as a look that finds the default route there */
  const carrying = (): HelperPool => ({
    ...helpers,
    async elevatedIfFree() {
      const peer = await helpers.elevated("test");
      const request = async (method: string, params: never, token: never): Promise<unknown> => {
        const answer: unknown = await peer.request(method as "attach.look", params, token);
        if (method !== "attach.look") return answer;
        const looked = answer as Awaited<ReturnType<typeof peer.request<"attach.look">>>;
        return { ...looked, places: looked.places.map((one) => ({ ...one, carries: ["the default route (IPv4)"] })) };
      };
      return { ...peer, request } as unknown as ElevatedPeer;
    },
  });

  it("takes itself off where it would cut the user off and nobody confirms", async () => {
    const done = await attachPass({ helpers: carrying(), attachments, confirmWithin: 1 }, place());
    expect(done.attachment.guard).toMatchObject({ state: "waiting", seconds: 1 });
    expect(await eventually(attached, (what) => what === "nothing", 10_000)).toBe("nothing");
  });

  it("stays elsewhere, is ours with its source, and takes nobody's place", async () => {
    const { attachment, path } = await attachPass({ helpers, attachments, confirmWithin: 1 }, place());
    expect(attachment.guard).toBeUndefined();
    expect(await attached()).toBe(`prog/xdp id ${attachment.program.id} name xdp_pass`);
    expect(attachments.isOurs(attachment.program)).toBe(true);
    expect(attachments.sourceOf(attachment.program)).toBe(path);
    await stage.run("back");
    const { netns, ifindex, name } = stage.port0;
    const taken = attachPass({ helpers, attachments, confirmWithin: 1 }, { netns, ifindex, name });
    expect((await failureOf(taken)).kind).toBe("foreign-program");
  });
});
