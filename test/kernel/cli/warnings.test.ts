/** A source that only -Werror keeps from building: the finding names the line that lets it build, and it does. */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { openScene, type Scene } from "./run-xdpw.ts";

let scene: Scene;
beforeAll(() => {
  scene = openScene();
});
afterAll(() => scene.end());

it("unused variables are errors by default, and warnings with one line", async () => {
  const folder = join(scene.folder, "public");
  mkdirSync(join(folder, "headers"), { recursive: true });
  writeFileSync(join(folder, "headers/near.h"), "#define NEAR XDP_PASS\n");
  writeFileSync(
    join(folder, "prog.c"),
    `#include <linux/bpf.h>
#include <stdint.h>
#include <bpf/bpf_helpers.h>
#include "near.h"
SEC("xdp") int xdpwt_unused(struct xdp_md *ctx)
{
	int unused_one;
	return NEAR;
}
char _license[] SEC("license") = "GPL";
`,
  );
  const failed = await scene.run("build", "public/prog.c");
  expect(failed.status).toBe(1);
  const [, line = ""] = /the line (-Wno-error=\S+) /.exec(failed.err) ?? [];
  expect(line).toBe("-Wno-error=unused-variable");

  writeFileSync(join(folder, "compile_flags.txt"), `${line}\n`);
  const built = await scene.run("build", "public/prog.c", "-o", "prog.o", "--json");
  expect(built.json).toMatchObject({
    diagnostics: [{ line: 7, severity: "warning", message: "unused variable 'unused_one' [-Wunused-variable]" }],
    programs: [{ name: "xdpwt_unused" }],
  });
});
