/** .data and .bss of the running program against those of the newer object: variable by variable. Pure. */
import { btfType } from "../../object/read-btf.ts";
import { sameType } from "../../object/same-type.ts";
import { planConversion } from "../../tables/convert-layout.ts";
import { makeLayout } from "../../tables/describe-layout.ts";
import { unsignedField } from "../../tables/layout.ts";
import { sectionLayout, type TypedSection } from "../describe-globals.ts";
import type { MapComparison } from "./compare-maps.ts";
import type { RunningMap } from "./running-maps.ts";

const declared = "its variables start as the object declares them";

/** They begin as declared unless the user says otherwise: a newer build often has another start value on purpose. */
export function compareSections(running: RunningMap, newer: TypedSection): MapComparison {
  if (running.section === null || running.btf === null) {
    return { choices: ["empty"], why: `${declared}; the running one has no BTF`, fields: [], conversion: null };
  }
  const { root, littleEndian } = running.section;
  const index = makeLayout(unsignedField(4, "__u32"), "key", littleEndian);
  const conversion = {
    key: planConversion(index, index, "key"),
    value: planConversion(makeLayout(root, "value", littleEndian), sectionLayout(newer), "value"),
  };
  if (sameSections(running, newer)) {
    return { choices: ["empty", "keep", "carry"], why: `${declared}, or go on as they are`, fields: [], conversion };
  }
  const fields = conversion.value.changes;
  if (!conversion.value.carries) {
    return {
      choices: ["empty"],
      why: `${declared}; none of the running ones can be carried`,
      fields,
      conversion: null,
    };
  }
  return { choices: ["empty", "carry"], why: `${declared}; the running ones are others`, fields, conversion };
}

/** The same variables in the same places. */
function sameSections({ description, btf }: RunningMap, newer: TypedSection): boolean {
  if (btf === null || description.map.valueSize !== newer.bytes.length) return false;
  const section = btfType(btf, description.map.btfValueTypeId);
  if (section.kind !== "dataSection") return false;
  const before = new Map(
    section.variables.flatMap((entry) => {
      const variable = btfType(btf, entry.type);
      return variable.kind === "variable" ? [[variable.name, { offset: entry.offset, type: variable.type }]] : [];
    }),
  );
  return (
    before.size === newer.variables.length &&
    newer.variables.every((variable) => {
      const twin = before.get(variable.name);
      return twin?.offset === variable.offset && sameType(btf, twin.type, newer.btf, variable.typeId);
    })
  );
}
