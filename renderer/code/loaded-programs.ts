/** What runs, or at least is loaded, of a source: told by the names of its programs. */
import type { SessionState } from "../session/state.ts";
import { samePlace } from "../interfaces/places.ts";
import type { OpenSource } from "../editor/open-sources.ts";
import { buildOf } from "../editor/open-sources.ts";
import { xdpPrograms } from "../attach/xdp-programs.ts";

export interface LoadedProgram {
  readonly id: number;
  readonly name: string;
  /** "port0"; empty where it is attached nowhere that is seen */
  readonly where: string;
  /** on the chosen interface */
  readonly here: boolean;
}

/** BPF_OBJ_NAME_LEN is 16 with its NUL (include/uapi/linux/bpf.h) */
const kernelNameLength = 15;

type Listed = Pick<SessionState, "programs" | "interfaces" | "place">;

/** The one on the chosen interface first, then the others that are attached, then the rest; newer ones first. */
export function loadedPrograms(state: Listed, names: readonly string[]): readonly LoadedProgram[] {
  const short = new Set(names.map((name) => name.slice(0, kernelNameLength)));
  const found = new Map<number, LoadedProgram>();
  for (const one of state.interfaces?.interfaces ?? []) {
    for (const { id, name } of one.attached) {
      const here = state.place !== null && samePlace(state.place, one);
      const where = [found.get(id)?.where ?? "", one.name].filter((word) => word !== "").join(", ");
      found.set(id, { id, name, where, here: here || found.get(id)?.here === true });
    }
  }
  for (const { id, name } of state.programs ?? []) {
    if (!found.has(id)) found.set(id, { id, name, where: "", here: false });
  }
  const rank = ({ here, where }: LoadedProgram): number => (here ? 0 : where === "" ? 2 : 1);
  return [...found.values()]
    .filter(({ name }) => short.has(name.slice(0, kernelNameLength)))
    .toSorted((one, other) => rank(one) - rank(other) || other.id - one.id);
}

/** Of every type. */
export function programNames(source: OpenSource | null): readonly string[] {
  const build = buildOf(source?.check ?? null);
  if (build?.ok === true) return build.programs.map(({ name }) => name);
  if (source?.object !== undefined) return source.object.programs.map(({ name }) => name);
  return xdpPrograms(source);
}
