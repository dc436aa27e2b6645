/** What the kernel makes of a program that is loaded for a look: attached to nothing, and closed again. */
import type { CancellationToken } from "vscode-jsonrpc";
import { Failed, fail } from "../../protocol/failures.ts";
import type { LoadSettings } from "../../protocol/attach.ts";
import type { Input } from "../../protocol/build.ts";
import type { LoadOptions } from "../../protocol/reload.ts";
import type { Code, ProgramDump } from "../../protocol/views.ts";
import { checkLoad } from "../attach/load-settings.ts";
import { chooseProgram } from "../build/choose-program.ts";
import { shell } from "../commands/shell.ts";
import { objectPath } from "../commands/twins.ts";
import type { ElevatedPeer, HelperPool } from "../helpers/helper-pool.ts";
import type { ObjectContents, ObjectProgram } from "../object/inspect-object.ts";
import { absolute } from "../verify/absolute.ts";
import { judgeProgram } from "../verify/judge-program.ts";
import { smallMaps } from "../verify/small-maps.ts";
import type { ViewedObject } from "./build-for-view.ts";
import { viewDump } from "./view-dump.ts";

interface Params {
  readonly input: Input;
  /** null: the only XDP program */
  readonly program: string | null;
  /** sizes and globals in place of the object's */
  readonly load?: LoadOptions | undefined;
}

/** @throws Failed `rejected`, `bad-object`, `not-found`, `ambiguous`, `bad-value` (of `load`), `no-privilege`, `kernel`, and what viewDump throws */
export async function loadForView(
  helpers: HelperPool,
  viewed: ViewedObject,
  { input, program: name, load: options }: Params,
  kind: "xlated" | "jited",
  token?: CancellationToken,
): Promise<Code> {
  const { object, stages } = viewed;
  const { contents } = object;
  if (contents.hasLegacyMaps) refuseLegacy(contents);
  const program = choose(contents, name);
  const checked = options === undefined ? undefined : checkLoad(object, options).settings;
  // arrays stay as they are: the verifier writes their bounds into the code
  const { settings } = smallMaps(contents.maps, checked, "arrays");
  const elevated = await helpers.elevated(`have the kernel load ${program.name} for a look`);
  const dump = await load(elevated, viewed, program, input.path, settings, token);
  const code = await viewDump(helpers, dump, kind, (file) => absolute(file, input.path), token);
  const folder = "/sys/fs/bpf/looked";
  // the type that libbpf does not derive from the section's name
  const type = program.xdp === "unknown-name" ? ["type", "xdp"] : [];
  const commands = [
    ...stages.map(({ argv }) => shell(argv)),
    shell(["bpftool", "prog", "loadall", objectPath(input.path, stages), folder, ...type]),
    shell(["bpftool", "prog", "dump", kind, "pinned", `${folder}/${program.name}`, "linum"]),
    shell(["rm", "-r", folder]),
  ];
  return {
    ...code,
    program: null,
    commands,
    notes: [...viewed.notes, ...code.notes],
  };
}

/** Of any type: what is only looked at needs no interface that takes it. */
function choose(contents: ObjectContents, name: string | null): ObjectProgram {
  const found = name === null ? undefined : contents.programs.find((program) => program.name === name);
  return found ?? chooseProgram(contents, name);
}

async function load(
  elevated: ElevatedPeer,
  { object }: ViewedObject,
  program: ObjectProgram,
  path: string,
  settings: LoadSettings | undefined,
  token?: CancellationToken,
): Promise<ProgramDump> {
  const { name, bytes } = object;
  try {
    return await elevated.request(
      "views.load",
      {
        ...{ object: bytes.toString("base64"), name, program: program.name },
        asXdp: program.xdp === "unknown-name",
        settings,
      },
      token,
    );
  } catch (error) {
    if (!(error instanceof Failed) || error.failure.kind !== "rejected") throw error;
    // The same verdict as Verify gives, with its place in the C source.
    const judged = await judgeProgram(elevated, object, program, path, token, { settings });
    throw new Failed({ ...error.failure, diagnostics: [...judged.diagnostics] });
  }
}

function refuseLegacy({ name, legacyMaps }: ObjectContents): never {
  const names = legacyMaps.map((map) => map.name).join(", ");
  return fail({
    kind: "bad-object",
    reason: "legacy-map",
    message: `load ${name}: ${names || "its maps"} are struct bpf_map_def SEC("maps"), which libbpf 1.0 and later do not take: turn them into BTF-defined maps`,
  });
}
