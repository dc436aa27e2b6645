import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import { Failed, type Failure } from "../../../protocol/failures.ts";

/** A folder for one test, gone after it. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "xdpw-source-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

export async function failureOf(work: Promise<unknown>): Promise<Failure> {
  const reason = await work.then(
    () => new Error("it succeeded"),
    (error: unknown) => error,
  );
  if (reason instanceof Failed) return reason.failure;
  throw reason;
}
