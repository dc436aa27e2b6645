/** What came of a case against what was expected. Pure. */
import type { PacketCaseReport, PacketDifference, PacketOutcome } from "../../protocol/packets.ts";
import { typedKey, typedValue } from "../maps/typed-text.ts";
import { formatEntryCells } from "../tables/format-entry.ts";
import { parseValueText } from "../tables/parse-entry.ts";
import { actionName } from "./actions.ts";
import { foldCopies, foldedLayout } from "./fold-copies.ts";
import type { ExpectedEntry, PreparedCase } from "./prepare-case.ts";

export function judgeCase(expected: PreparedCase, outcome: PacketOutcome): PacketCaseReport {
  const expectedPacket = expected.packet?.toString("hex") ?? null;
  if (!outcome.ran) {
    const difference = {
      kind: "run",
      where: "run",
      field: "",
      expected: expected.action,
      actual: outcome.message,
    } as const;
    return {
      name: expected.name,
      passed: false,
      action: null,
      packet: null,
      expectedPacket,
      nanoseconds: 0,
      differences: [difference],
    };
  }
  const packet = Buffer.from(outcome.packet, "base64");
  const action = actionName(outcome.action);
  const differences: PacketDifference[] = [];
  if (action !== expected.action) {
    differences.push({ kind: "action", where: "action", field: "", expected: expected.action, actual: action });
  }
  if (expected.packet !== null && !expected.packet.equals(packet)) {
    differences.push(packetDifference(expected.packet, packet));
  }
  for (const [index, entry] of expected.entries.entries()) {
    const value = outcome.values[index] ?? null;
    differences.push(...entryDifferences(entry, value === null ? null : Buffer.from(value, "base64")));
  }
  return {
    name: expected.name,
    passed: differences.length === 0,
    action,
    packet: packet.toString("hex"),
    expectedPacket,
    nanoseconds: outcome.nanoseconds,
    differences,
  };
}

function packetDifference(expected: Buffer, actual: Buffer): PacketDifference {
  const shorter = Math.min(expected.length, actual.length);
  let first = 0;
  while (first < shorter && expected[first] === actual[first]) first++;
  let count = Math.abs(expected.length - actual.length);
  for (let at = first; at < shorter; at++) if (expected[at] !== actual[at]) count++;
  const differ = `${count} ${count === 1 ? "byte differs" : "bytes differ"}, from byte ${first} on`;
  return {
    kind: "packet",
    where: "packet",
    field: "",
    expected: `${expected.length} bytes`,
    actual: `${actual.length} bytes, ${differ}`,
  };
}

function entryDifferences(entry: ExpectedEntry, value: Buffer | null): PacketDifference[] {
  const { layout, key } = entry;
  const base = { kind: "map", where: `map ${entry.map}, key ${typedKey(layout, key)}` } as const;
  if (value === null) {
    return entry.value === null ? [] : [{ ...base, field: "", expected: entry.value, actual: "no entry" }];
  }
  const folded = foldedLayout(layout);
  const actual = foldCopies(layout, value);
  if (entry.value === null) {
    return [{ ...base, field: "", expected: "no entry", actual: typedValue(folded, actual) }];
  }
  // what is not named keeps what is there, and so cannot differ
  const parsed = parseValueText(folded, entry.value, actual);
  if (!parsed.ok) return [{ ...base, field: "", expected: entry.value, actual: typedValue(folded, actual) }];
  const wanted = formatEntryCells(folded, key, parsed.bytes).cells;
  const there = formatEntryCells(folded, key, actual).cells;
  return folded.columns.flatMap((column, index) => {
    const [want, got] = [wanted[index] ?? "", there[index] ?? ""];
    return want === got ? [] : [{ ...base, field: column.path, expected: want, actual: got }];
  });
}
