/** xdpw test: packets.json against the running kernel. */
import type { PacketCaseReport, PacketDifference, PacketsReport } from "../../protocol/packets.ts";
import { netns as netnsSchema } from "../../protocol/wire.ts";
import { hexDifference } from "../packets/hex-difference.ts";
import { absolutePath, checked } from "./checked.ts";
import { type Answer, type CommandContext, flagText, neededArgument, type Paint } from "./command.ts";
import { diagnosticLines, shortPath } from "./diagnostic-lines.ts";

export async function runTest(context: CommandContext): Promise<Answer> {
  const { typed, cwd, workbench, handlers, note, paint } = context;
  const path = absolutePath(neededArgument(typed, 0), cwd);
  const netns = checked(netnsSchema, flagText(typed, "netns"), "--netns", "a name of `ip netns`, or pid:N");
  // Where root needs no asking, its helper starts while clang works.
  void workbench.helpers.elevatedIfFree();
  const report = await handlers["packets.test"]({ path, netns }, context);
  for (const remark of report.build.notes) note(`note: ${remark}`);
  return { ok: report.failed === 0, text: reportText(report, cwd, paint), json: { value: reportJson(report) } };
}

export function reportJson({ file, program, build, passed, failed, cases, milliseconds }: PacketsReport) {
  return {
    file,
    source: build.path,
    program,
    passed,
    failed,
    cases: cases.map(({ name, passed: good, action, packet, nanoseconds, differences }) => ({
      name,
      passed: good,
      action,
      packet,
      nanoseconds,
      differences,
    })),
    milliseconds: Math.round(milliseconds),
  };
}

export function reportText(report: PacketsReport, cwd: string, paint: Paint): string {
  const findings = diagnosticLines(report.build.diagnostics, cwd, paint);
  const lines = report.cases.flatMap((one) => caseLines(one, paint));
  const { passed, failed } = report;
  const counts = [`${passed} passed`, ...(failed > 0 ? [paint.red(`${failed} failed`)] : [])].join(", ");
  const total = `${counts}: ${report.program} of ${shortPath(report.build.path, cwd)}`;
  return [...findings, ...lines, total].map((line) => `${line}\n`).join("");
}

function caseLines(one: PacketCaseReport, paint: Paint): readonly string[] {
  if (one.passed) return [`${paint.green("pass")}  ${one.name}`];
  return [
    `${paint.red("FAIL")}  ${one.name}`,
    ...one.differences.flatMap((difference) => differenceLines(one, difference, paint)),
  ];
}

function differenceLines(one: PacketCaseReport, difference: PacketDifference, paint: Paint): readonly string[] {
  const { kind, where, field, expected, actual } = difference;
  if (kind === "run") return [`      not run: ${actual}`];
  const what = field === "" ? where : `${where}: ${field}`;
  const line = `      ${what}: expected ${expected}, got ${actual}`;
  if (kind !== "packet" || one.expectedPacket === null || one.packet === null) return [line];
  const rows = hexDifference(Buffer.from(one.expectedPacket, "hex"), Buffer.from(one.packet, "hex"));
  return [line, ...rows.map((row) => paint.dim(`        ${row}`))];
}
