/** Global variables with what the object declares them to be. */
import type { ObjectTree } from "../../protocol/views.ts";
import { type Btf, btfType } from "../object/read-btf.ts";
import { type Elf, sectionTypes, symbolTypes } from "../object/read-elf.ts";
import { isGlobalSection, readGlobals } from "../object/read-globals.ts";
import { declare } from "../object/spell-type.ts";
import { formatHex } from "../tables/addresses.ts";
import { describeLayout } from "../tables/describe-layout.ts";
import { formatColumn } from "../tables/format-value.ts";

type TreeGlobal = ObjectTree["globals"][number];

const globalLimit = 4096;
const nameLimit = 512;
/** of a value's text: a table of a megabyte is not read in a tree */
const valueLimit = 2048;
const bytesLimit = 1024;

export function listGlobals(bytes: Uint8Array, elf: Elf, btf: Btf | null): readonly TreeGlobal[] {
  const typed = btf === null ? [] : typedGlobals(bytes, btf);
  const known = new Set(typed.map(({ section, name }) => `${section}\n${name}`));
  const bare = bareGlobals(elf).filter(({ section, name }) => !known.has(`${section}\n${name}`));
  return [...typed, ...bare].slice(0, globalLimit);
}

function typedGlobals(bytes: Uint8Array, btf: Btf): TreeGlobal[] {
  const globals: TreeGlobal[] = [];
  for (const section of readGlobals(bytes, btf)) {
    for (const { name, typeId, offset, size } of section.variables.slice(0, globalLimit)) {
      if (name === "") continue;
      const value = section.bytes.subarray(offset, offset + size);
      const layout = size > bytesLimit * 64 ? null : describeLayout(btf, typeId, size, name);
      const text =
        layout === null
          ? hex(value)
          : formatColumn({ path: name, offset: 0, node: layout.root }, value, btf.littleEndian);
      globals.push({
        ...{ section: section.name, name: name.slice(0, nameLimit), bytes: size },
        type: declare(btf, declaredType(btf, typeId), ""),
        value: text.length > valueLimit ? `${text.slice(0, valueLimit)}…` : text,
      });
    }
  }
  return globals;
}

/** const and volatile say nothing of the value. */
function declaredType(btf: Btf, typeId: number): number {
  let id = typeId;
  for (let step = 0; step < 8; step++) {
    const type = btfType(btf, id);
    if (type.kind !== "const" && type.kind !== "volatile") return id;
    id = type.type;
  }
  return id;
}

/** What has no BTF: the symbol table knows names and sizes. */
function bareGlobals(elf: Elf): TreeGlobal[] {
  const globals: TreeGlobal[] = [];
  for (const { name, type, sectionIndex, value, size } of elf.symbols) {
    const section = elf.sections[sectionIndex];
    if (section === undefined || type !== symbolTypes.object || name === "" || !isGlobalSection(section.name)) continue;
    if (size === 0 || value + size > section.size || globals.length >= globalLimit) continue;
    const zeros = section.type === sectionTypes.nobits;
    const bytes = zeros ? new Uint8Array(Math.min(size, bytesLimit)) : section.data.subarray(value, value + size);
    globals.push({ section: section.name, name, type: `${size} bytes`, bytes: size, value: hex(bytes) });
  }
  return globals;
}

function hex(bytes: Uint8Array): string {
  return bytes.length > bytesLimit ? `${formatHex(bytes.subarray(0, bytesLimit))}…` : formatHex(bytes);
}
