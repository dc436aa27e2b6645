/** The window itself, as it is built, behind the desktop door: it draws, and its connection is the port. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { expect, test, vi } from "vitest";
import { openWorkbench, repository, whyNot } from "./launch.ts";

test("the window connects over the port, without a complaint", async (context) => {
  const reason = whyNot("electron stand-in");
  if (reason !== null) context.skip(reason);
  if (!existsSync(join(repository, "dist/renderer/index.html"))) context.skip("the window is not built");
  const bench = await openWorkbench("electron stand-in");
  const complaints: string[] = [];
  try {
    bench.page.on("console", (message) => {
      if (message.type() === "error") complaints.push(message.text());
    });
    bench.page.on("pageerror", (error) => complaints.push(error.message));
    await bench.page.reload();
    await vi.waitFor(() => expect(bench.page.getByRole("button", { name: "Open Pass" }).count()).resolves.toBe(1), {
      timeout: 15_000,
      interval: 100,
    });
    expect(complaints).toEqual([]);
    expect(bench.errors()).toBe("");
  } finally {
    await bench.close();
  }
});
