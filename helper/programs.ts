/** All programs of the machine, as the kernel lists them. */
import type { AttachedProgram, Mode } from "../protocol/interfaces.ts";
import type { ProgramListed } from "../protocol/programs.ts";
import { hasCode, naming } from "./failures.ts";
import { programTypeName } from "./kernel-names.ts";
import type { NativeFace, ProgramInfo } from "./native/face.ts";

export function listPrograms(native: NativeFace): ProgramListed[] {
  const ids = naming({ doing: "list programs" }, () => native.programIds());
  return ids.flatMap((id) => {
    const info = programInfo(native, id);
    return info === null ? [] : [listed(info)];
  });
}

/** null where it is gone by now */
export function programInfo(native: NativeFace, id: number): ProgramInfo | null {
  try {
    return native.programInfo(id);
  } catch (error) {
    if (hasCode(error, "ENOENT")) return null;
    return naming({ doing: `read program id ${id}` }, () => {
      throw error;
    });
  }
}

export function attachedProgram(mode: Mode, info: ProgramInfo): AttachedProgram {
  const { id, name, tag, jitedLength, loadTime } = info;
  return { mode, id, name, tag, jited: jitedLength > 0, loadTime: loadTime.toString() };
}

function listed(info: ProgramInfo): ProgramListed {
  return {
    id: info.id,
    name: info.name,
    type: programTypeName(info.type),
    tag: info.tag,
    loadTime: info.loadTime.toString(),
    jited: info.jitedLength > 0,
    xlatedBytes: info.xlatedLength,
    jitedBytes: info.jitedLength,
    mapIds: [...info.mapIds],
  };
}
