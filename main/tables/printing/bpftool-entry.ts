/** Entries as `bpftool -j map dump` prints them (print_entry_json of its map.c). */
import type { Btf } from "../../object/read-btf.ts";
import { compileBpftool } from "./compile-bpftool.ts";
import { createEntryPrinter, type EntryPrinter, type Part } from "./entry-printer.ts";
import { collectOperations, op, type Operations } from "./operations.ts";

export interface BpftoolShape {
  readonly keySize: number;
  readonly valueSize: number;
  readonly btfKeyTypeId: number;
  readonly btfValueTypeId: number;
  readonly btf: Btf | null;
  /** how many values an entry has, and the bytes from one to the next: those of the CPUs, or 1 */
  readonly copies: number;
  readonly stride: number;
  readonly perCpu: boolean;
}

export function bpftoolPrinter(shape: BpftoolShape): EntryPrinter {
  const { btf, perCpu, keySize, valueSize } = shape;
  const parts: Part[] = [];
  const part = (of: Part["of"], write: (into: Operations) => void): void => {
    const into = collectOperations();
    write(into);
    parts.push({ of, operations: into.done() });
  };
  const key = btf === null ? null : compileBpftool(btf, shape.btfKeyTypeId, keySize);
  const value = btf === null ? null : compileBpftool(btf, shape.btfValueTypeId, valueSize);

  part("key", (into) => {
    into.text('{"key":');
    hexArray(into, 0, keySize);
    into.text(perCpu ? ',"values":' : ',"value":');
  });
  part("value", (into) => {
    eachCpu(shape, into, (offset) => hexArray(into, offset, valueSize));
    if (value !== null) into.text(',"formatted":{');
  });
  if (value !== null) {
    if (key !== null) {
      parts.push({ of: "key", operations: [...literal('"key":'), ...key, ...literal(",")] });
    }
    part("value", (into) => {
      into.text(perCpu ? '"values":' : '"value":');
      eachCpu(shape, into, (offset) => into.add(op.repeat, offset, { count: 1, inner: value }));
      into.text("}");
    });
  }
  parts.push({ of: "key", operations: literal("}") });
  return createEntryPrinter(parts);
}

function eachCpu({ perCpu, copies, stride }: BpftoolShape, into: Operations, write: (offset: number) => void): void {
  if (!perCpu) return write(0);
  into.text("[");
  for (let cpu = 0; cpu < copies; cpu++) {
    into.text(`${cpu > 0 ? "," : ""}{"cpu":${cpu},"value":`);
    write(cpu * stride);
    into.text("}");
  }
  into.text("]");
}

function hexArray(into: Operations, offset: number, count: number): void {
  into.add(op.hexArray, offset, { count });
}

function literal(text: string) {
  const into = collectOperations();
  into.text(text);
  return into.done();
}
