/** A layout that a user typed as C ─▶ BTF. clang reads it, as it reads sources: without privilege, in the plain helper. */
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { CancellationToken } from "vscode-jsonrpc";
import type { Diagnostic } from "../../protocol/diagnostic.ts";
import { fail } from "../../protocol/failures.ts";
import type { PlainPeer } from "../helpers/helper-pool.ts";
import { btfType } from "../object/read-btf.ts";
import { readBtf } from "../object/read-btf.ts";
import { readElf } from "../object/read-elf.ts";
import { btfSize } from "../object/resolve-btf.ts";
import { describeLayout } from "../tables/describe-layout.ts";
import { paddingOf } from "../tables/printing/coverage.ts";
import { type KeptLayout, readLayout } from "./kept-layout.ts";

/** Whatever people spell the kernel's numbers like, in whose headers the structs of packets are. */
const before = `#include <linux/types.h>
#include <linux/if_ether.h>
#include <linux/in.h>
#include <linux/in6.h>
#include <linux/bpf.h>
typedef __u8 u8; typedef __u16 u16; typedef __u32 u32; typedef __u64 u64;
typedef __s8 s8; typedef __s16 s16; typedef __s32 s32; typedef __s64 s64;
typedef __u8 uint8_t; typedef __u16 uint16_t; typedef __u32 uint32_t; typedef __u64 uint64_t;
typedef __s8 int8_t; typedef __s16 int16_t; typedef __s32 int32_t; typedef __s64 int64_t;
typedef __be16 be16; typedef __be32 be32; typedef __be64 be64;
typedef _Bool bool;
`;
const variable = "xdpw_kept";
const shownFindings = 5;

export interface LayoutWish {
  readonly of: "key" | "value";
  readonly text: string;
  /** bytes that the map's keys or values have */
  readonly size: number;
  /** the map's name, for messages */
  readonly map: string;
}

/** @throws Failed `bad-value` with clang's findings or both sizes, `missing-tool`, `cancelled` */
export async function compileLayout(
  plain: () => Promise<PlainPeer>,
  { of, text, size, map }: LayoutWish,
  token?: CancellationToken,
): Promise<KeptLayout> {
  const field = `layout of the ${of}`;
  const refuse = (why: string): never => fail({ kind: "bad-value", field: of, message: `${field} of ${map}: ${why}` });
  const type = text.trim().replace(/[;\s]+$/, "");
  if (type === "") refuse("there is nothing: give a C type, such as struct { __be32 addr; __u16 port; }");
  // its folder is where includes in quotes are looked for
  const path = join(tmpdir(), `${field.replaceAll(" ", "-")}.c`);
  const peer = await plain();
  // an array has no name between its type and its length
  const declared = type.endsWith("]") ? `__typeof__(${type}) ${variable};` : `${type}\n${variable};`;
  const source = `${before}# 1 "${path}"\n${declared}\n`;
  const params = { path, text: source, emit: "obj", pipeline: "one-step", flags: null } as const;
  const { output, diagnostics } = await peer.request("build.compile", params, token);
  if (output === null) return refuse(sayFindings(diagnostics));
  const kept = keptOf(Buffer.from(output, "base64"), text.trim());
  if (kept === null)
    return refuse("clang made no type of it: give one type, such as struct { __be32 addr; __u16 port; }");
  const { btf, typeId } = readLayout(kept) ?? refuse("its BTF cannot be read");
  const own = btfSize(btf, typeId);
  if (own === null) return refuse("it has no size: give a struct, a union, a number, an enum or an array");
  if (own !== size) refuse(sayDifference(own, size, of, paddingBytes(btf, typeId, own)));
  return kept;
}

function keptOf(object: Uint8Array, text: string): KeptLayout | null {
  const read = readElf(object, "layout");
  const section = read.ok ? read.elf.sections.find(({ name }) => name === ".BTF") : undefined;
  const decoded = section === undefined ? null : readBtf(section.data);
  if (section === undefined || decoded?.ok !== true) return null;
  const { btf } = decoded;
  for (let id = 1; id < btf.typeCount; id++) {
    const found = btfType(btf, id);
    if (found.kind !== "variable" || found.name !== variable) continue;
    return { text, btf: Buffer.from(section.data).toString("base64"), type: found.type };
  }
  return null;
}

function sayFindings(diagnostics: readonly Diagnostic[]): string {
  const errors = diagnostics.filter(({ severity }) => severity === "error");
  const told = (errors.length > 0 ? errors : diagnostics).slice(0, shownFindings);
  if (told.length === 0) return "clang refuses it without a word";
  return told
    .map(({ line, column, message }) => `line ${line}, column ${column}: ${message.split("\n")[0]}`)
    .join("; ");
}

function sayDifference(own: number, size: number, of: string, padding: number): string {
  const off = Math.abs(own - size);
  const padded = padding === 0 ? "" : `, ${padding} of them padding`;
  const packed = own > size && padding > 0 ? "; is the program's struct packed? then say __attribute__((packed))" : "";
  return `it describes ${bytes(own)}${padded}, and a ${of} has ${bytes(size)}: ${off} too ${own > size ? "many" : "few"}${packed}`;
}

function bytes(count: number): string {
  return count === 1 ? "1 byte" : `${count} bytes`;
}

function paddingBytes(btf: Parameters<typeof describeLayout>[0], type: number, size: number): number {
  const layout = describeLayout(btf, type, size, "value");
  const mask = layout === null ? null : paddingOf(layout);
  return mask === null ? 0 : mask.filter((byte) => byte === 0xff).length;
}
