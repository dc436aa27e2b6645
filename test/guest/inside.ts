/** Runs in the guest: each case by itself, in their order; one line of JSON tells how each went. */
import "vscode-jsonrpc/node";
import { createWorkbench } from "../../main/workbench.ts";
import { cases } from "./cases.ts";
import { openBench } from "./open-bench.ts";

const workbench = createWorkbench({ terminal: false });
const bench = openBench(workbench);
for (const [name, run] of Object.entries(cases)) {
  const from = performance.now();
  let error: string | null = null;
  try {
    await run(bench);
  } catch (thrown) {
    error = thrown instanceof Error ? `${thrown.stack ?? thrown.message}` : String(thrown);
  }
  process.stdout.write(`${JSON.stringify({ name, error, milliseconds: Math.round(performance.now() - from) })}\n`);
}
await workbench.close();
