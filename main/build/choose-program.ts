/** Which program of an object is meant. */
import { fail } from "../../protocol/failures.ts";
import type { ObjectContents, ObjectProgram } from "../object/inspect-object.ts";

/** @throws Failed `not-found`, `ambiguous`, `bad-object` */
export function chooseProgram(contents: ObjectContents, name: string | null): ObjectProgram {
  const candidates = contents.programs.filter((program) => program.attachesTo === "interface");
  if (name !== null) {
    const chosen = contents.programs.find((program) => program.name === name);
    if (chosen === undefined) {
      return fail({
        kind: "not-found",
        what: "program",
        name,
        message: `object ${contents.name}: no program called ${name}; it has ${list(contents.programs)}`,
      });
    }
    if (chosen.attachesTo !== "interface") {
      return fail({
        kind: "bad-object",
        reason: "not-xdp",
        message: `program ${name}: section "${chosen.section}" is not one that an interface takes: use SEC("xdp")`,
      });
    }
    return chosen;
  }
  const [only, ...others] = candidates;
  if (only === undefined) {
    return fail({
      kind: "bad-object",
      reason: "no-xdp-program",
      message: `object ${contents.name}: no XDP program in it: mark the function with SEC("xdp")`,
    });
  }
  if (others.length > 0) {
    return fail({
      kind: "ambiguous",
      name: contents.name,
      ids: [],
      message: `object ${contents.name}: several XDP programs (${list(candidates)}): say which`,
    });
  }
  return only;
}

function list(programs: readonly ObjectProgram[]): string {
  return programs.map((program) => program.name).join(", ") || "none";
}
