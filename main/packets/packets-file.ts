/** The file packets.json: its schema (docs/packets.md, docs/packets.schema.json) and its reading. */
import { basename } from "node:path";
import * as z from "zod";
import { fail } from "../../protocol/failures.ts";
import { mostBefore, mostCases, mostEntries, mostRepeats } from "../../protocol/packets.ts";
import { actionNames } from "./actions.ts";

const packet = z
  .union([z.string(), z.array(z.string()).min(1)])
  .describe('The bytes in hex; "#" begins a comment, "00*18" is eighteen zeros. An array holds lines.');
const map = z.string().min(1).max(512).describe("The map's name in the source.");
/** As in `xdpw map set`: text as typed there, or the JSON itself. */
const typed = z.union([z.string(), z.number(), z.boolean(), z.array(z.json()), z.record(z.string(), z.json())]);
const key = typed.describe("The key as `xdpw map set` takes it.");

export const packetsFile = z
  .strictObject({
    $schema: z.string().optional(),
    source: z
      .string()
      .regex(/^[^/\0]+$/)
      .optional()
      .describe("The source in the same folder. Default: the only one there."),
    program: z.string().min(1).max(512).optional().describe("The program's function. Default: the only XDP program."),
    cases: z
      .array(
        z.strictObject({
          name: z.string().min(1).max(200).describe("What the program should do, as a short sentence."),
          packet,
          before: z
            .array(
              z.strictObject({
                packet: packet.optional().describe("Default: the packet of the case."),
                count: z.number().int().min(1).max(mostRepeats).optional(),
              }),
            )
            .max(mostBefore)
            .optional()
            .describe("Packets run before, on the same maps; what comes of them is not looked at."),
          context: z
            .strictObject({
              ifindex: z.number().int().min(1).max(0xffff_ffff).describe("Where the packet comes in; lo is 1."),
              queue: z.number().int().min(0).max(0xffff_ffff).optional(),
            })
            .optional(),
          setup: z
            .array(
              z.strictObject({
                map,
                key,
                value: typed.describe('The value as `xdpw map set` takes it; in an xskmap "socket" opens one.'),
              }),
            )
            .max(mostEntries)
            .optional()
            .describe("Entries written before the first packet."),
          expect: z.strictObject({
            action: z.enum(actionNames),
            packet: packet.optional().describe('The packet afterwards; "unchanged" for the one that was given.'),
            maps: z
              .array(
                z.strictObject({
                  map,
                  key,
                  value: typed
                    .nullable()
                    .describe("Fields that are not named are not compared; null: there is no such entry."),
                }),
              )
              .max(mostEntries)
              .optional()
              .describe("Entries afterwards."),
          }),
        }),
      )
      .min(1)
      .max(mostCases),
  })
  .describe("Packet tests of an XDP program, run by `xdpw test`.");

export type PacketsFile = z.infer<typeof packetsFile>;
export type FileCase = PacketsFile["cases"][number];
export type Typed = z.infer<typeof typed>;

/** @throws Failed `bad-value` that names the place in the file */
export function readPacketsFile(path: string, text: string): PacketsFile {
  const name = basename(path);
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return fail({ kind: "bad-value", field: "", message: `read ${name}: it is not JSON: ${why}` });
  }
  const parsed = packetsFile.safeParse(json);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    const field = fieldName(issue?.path ?? []);
    return fail({
      kind: "bad-value",
      field,
      message: `read ${name}: ${field === "" ? "" : `${field}: `}${issue?.message ?? "not as docs/packets.md says"}`,
    });
  }
  const names = new Set<string>();
  for (const [index, one] of parsed.data.cases.entries()) {
    if (names.has(one.name)) {
      const message = `read ${name}: cases[${index}].name: there is a case ${JSON.stringify(one.name)} already`;
      return fail({ kind: "bad-value", field: `cases[${index}].name`, message });
    }
    names.add(one.name);
  }
  return parsed.data;
}

/** `cases[3].expect.action` */
function fieldName(path: readonly PropertyKey[]): string {
  return path
    .map((step, index) => (typeof step === "number" ? `[${step}]` : `${index > 0 ? "." : ""}${String(step)}`))
    .join("");
}
