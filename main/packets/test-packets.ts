/** object ─packets▶ actions: the packets.json of a program, run by the kernel and held against what it expects. */
import type { CancellationToken } from "vscode-jsonrpc";
import { Failed } from "../../protocol/failures.ts";
import type { PacketCaseReport, PacketOutcome, PacketsReport, PacketsRunParams } from "../../protocol/packets.ts";
import { type BuiltObject, buildInput } from "../build/build-input.ts";
import { chooseProgram } from "../build/choose-program.ts";
import type { ElevatedPeer, HelperPool } from "../helpers/helper-pool.ts";
import type { ObjectContents, ObjectProgram } from "../object/inspect-object.ts";
import type { MapLayout } from "../tables/describe-map.ts";
import { judgeProgram } from "../verify/judge-program.ts";
import { describeObjectMaps, possibleCpus } from "./describe-object-maps.ts";
import { findPackets } from "./find-packets.ts";
import { judgeCase } from "./judge-case.ts";
import type { FileCase } from "./packets-file.ts";
import { type PreparedCase, prepareCase } from "./prepare-case.ts";

export interface TestPacketsParams {
  /** absolute: a folder, a packets.json, or a source or object with one beside it */
  readonly path: string;
  readonly netns: string | null;
}

/** So many at once, so that the answer fits and a cancellation is heard. */
const batchCases = 100;
const batchBytes = 4 * 1024 * 1024;

/**
 * @throws Failed `file`, `not-found`, `ambiguous`, `bad-value` (the file), `build-failed`, `rejected`, `no-privilege`,
 * `helper-gone`, `cancelled`, and what buildInput throws
 */
export async function testPackets(
  helpers: HelperPool,
  params: TestPacketsParams,
  token?: CancellationToken,
): Promise<PacketsReport> {
  const start = performance.now();
  const found = await findPackets(params.path);
  const { build, object } = await buildInput(helpers.plain, { path: found.source, text: null }, token);
  if (object === null) {
    const first = build.diagnostics.find((finding) => finding.severity === "error");
    throw new Failed({
      kind: "build-failed",
      diagnostics: build.diagnostics,
      message: `test ${found.path}: ${found.source} does not compile${first ? ` (line ${first.line}: ${first.message})` : ""}`,
    });
  }
  const program = chooseTested(object.contents, found.file.program ?? null);
  const layouts = describeObjectMaps(object.contents, possibleCpus());
  const all = found.file.cases.map((one) => prepareOrFail(one, layouts));
  const cases = all.flatMap(({ prepared }) => prepared ?? []);
  const peer = await helpers.elevated(`run packets on ${program.name}`);
  const outcomes: PacketOutcome[] = [];
  for (const batch of batches(cases)) {
    const asked = { ...loadOf(object, program), cases: batch.map(({ run }) => run), netns: params.netns };
    outcomes.push(...(await runBatch(peer, object, program, build.path, asked, token)));
  }
  let next = 0;
  const reports = all.map(({ prepared, report }) => {
    if (prepared === null) return report;
    const outcome = outcomes[next++];
    return judgeCase(prepared, outcome ?? { ran: false, message: "the helper did not say what came of it" });
  });
  const passed = reports.filter((report) => report.passed).length;
  return {
    file: found.path,
    program: program.name,
    build,
    passed,
    failed: reports.length - passed,
    cases: reports,
    milliseconds: performance.now() - start,
  };
}

/** Also one that entries of devmaps and cpumaps run, where it is named. */
function chooseTested(contents: ObjectContents, name: string | null): ObjectProgram {
  const named = contents.programs.find((one) => one.name === name && one.attachesTo !== null);
  return named ?? chooseProgram(contents, name);
}

type PreparedOrNot =
  | { readonly prepared: PreparedCase; readonly report: null }
  | { readonly prepared: null; readonly report: PacketCaseReport };

/** A case that is written wrongly fails by itself: the others are run. */
function prepareOrFail(one: FileCase, layouts: ReadonlyMap<string, MapLayout>): PreparedOrNot {
  try {
    return { prepared: prepareCase(one, layouts), report: null };
  } catch (error) {
    if (!(error instanceof Failed) || error.failure.kind !== "bad-value") throw error;
    const { action } = one.expect;
    const at = { where: error.failure.field, field: "", expected: action, actual: error.message };
    const nothing = { action: null, packet: null, expectedPacket: null, nanoseconds: 0 };
    return {
      prepared: null,
      report: { name: one.name, passed: false, ...nothing, differences: [{ kind: "run", ...at }] },
    };
  }
}

function loadOf(object: BuiltObject, program: ObjectProgram) {
  return {
    object: object.bytes.toString("base64"),
    name: object.name,
    program: program.name,
    asXdp: program.xdp === "unknown-name",
    asInterface: program.attachesTo !== "interface",
  };
}

async function runBatch(
  peer: ElevatedPeer,
  object: BuiltObject,
  program: ObjectProgram,
  path: string,
  asked: PacketsRunParams,
  token?: CancellationToken,
): Promise<readonly PacketOutcome[]> {
  try {
    return (await peer.request("packets.run", asked, token)).outcomes;
  } catch (error) {
    if (!(error instanceof Failed) || error.failure.kind !== "rejected") throw error;
    // The same verdict as Verify gives, with its place in the C source.
    const judged = await judgeProgram(peer, object, program, path, token);
    throw new Failed({ ...error.failure, diagnostics: [...judged.diagnostics], log: judged.verdict.log });
  }
}

function* batches(cases: readonly PreparedCase[]): Generator<readonly PreparedCase[]> {
  let batch: PreparedCase[] = [];
  let bytes = 0;
  for (const one of cases) {
    const size = sizeOf(one);
    if (batch.length === batchCases || (batch.length > 0 && bytes + size > batchBytes)) {
      yield batch;
      batch = [];
      bytes = 0;
    }
    batch.push(one);
    bytes += size;
  }
  if (batch.length > 0) yield batch;
}

function sizeOf({ run, entries }: PreparedCase): number {
  const packets = run.before.reduce((sum, { packet }) => sum + packet.length, run.packet.length);
  const written = run.entries.reduce((sum, { key, value }) => sum + key.length + (value?.length ?? 0), 0);
  // what is read comes back in base64
  const read = entries.reduce((sum, { layout }) => sum + (layout.copies * layout.stride * 4) / 3, 0);
  return packets + written + read;
}
