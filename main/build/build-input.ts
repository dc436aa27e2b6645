/** source ─build▶ object: compiled by the plain helper, decoded here. An object on disk joins the path at its end. */
import { basename } from "node:path";
import type { CancellationToken } from "vscode-jsonrpc";
import type { Build, Compiled, Emit, Input, Pipeline } from "../../protocol/build.ts";
import { Failed, fail } from "../../protocol/failures.ts";
import { findFlags } from "../flags/find-flags.ts";
import type { PlainPeer } from "../helpers/helper-pool.ts";
import { withLegacyMaps } from "../legacy/find-legacy-maps.ts";
import { upgradeObject } from "../legacy/upgrade-object.ts";
import { inspectObject, type ObjectContents } from "../object/inspect-object.ts";
import { fileLimit, readBytes, sourceText, versionOf } from "../source/read-source.ts";

export interface BuiltObject {
  /** the file's name without folders: libbpf prefixes internal maps with it */
  readonly name: string;
  readonly bytes: Buffer;
  readonly contents: ObjectContents;
}

export interface BuildOutcome {
  readonly build: Build;
  /** null where the build failed */
  readonly object: BuiltObject | null;
}

/** @throws Failed `file`, `too-large`, `missing-tool`, `bad-object`, `bad-value` (a flag of the workspace), `cancelled` */
export async function buildInput(
  plain: () => Promise<PlainPeer>,
  input: Input,
  token?: CancellationToken,
  pipeline: Pipeline = "two-stage",
): Promise<BuildOutcome> {
  const start = performance.now();
  const bytes = input.text === null ? await readBytes(input.path) : null;
  if (bytes !== null && isElf(bytes)) {
    const given = decode(input.path, bytes);
    const upgraded = given.contents.hasLegacyMaps ? upgradeObject(bytes) : null;
    const object = upgraded === null ? given : decode(input.path, Buffer.from(upgraded));
    const build = await tellLegacy(describe(input.path, object, null, start), null, object);
    return { object, build: upgraded === null ? build : { ...build, notes: [...build.notes, upgradeNote(given)] } };
  }
  const text = input.text ?? sourceText(input.path, bytes ?? Buffer.alloc(0));
  const compiled = await compileText(plain, input.path, text, "obj", token, pipeline);
  const decoded = compiled.output === null ? null : decode(input.path, Buffer.from(compiled.output, "base64"));
  const source = { file: input.path, lines: text.split(/\r?\n/) };
  const object = decoded === null ? null : { ...decoded, contents: { ...decoded.contents, source } };
  return { object, build: await tellLegacy(describe(input.path, object, compiled, start), text, object) };
}

async function tellLegacy(build: Build, text: string | null, object: BuiltObject | null): Promise<Build> {
  const objectMaps = object === null ? null : object.contents.legacyMaps.map(({ name }) => name);
  const diagnostics = await withLegacyMaps(build.diagnostics, { path: build.path, text, objectMaps });
  return { ...build, diagnostics: [...diagnostics] };
}

type CompiledText = Compiled & { readonly notes: readonly string[] };

/** IR and assembly too, for `xdpw build --emit`. */
export async function compileText(
  plain: () => Promise<PlainPeer>,
  path: string,
  text: string,
  emit: Emit,
  token?: CancellationToken,
  pipeline: Pipeline = "two-stage",
): Promise<CompiledText> {
  if (Buffer.byteLength(text) > fileLimit) {
    fail({
      kind: "too-large",
      limit: fileLimit,
      message: `build ${path}: more than ${fileLimit} bytes of source are not taken`,
    });
  }
  const [peer, { words, notes }] = await Promise.all([plain(), findFlags(path)]);
  const flags = words === null ? null : [...words];
  return { ...(await peer.request("build.compile", { path, text, emit, pipeline, flags }, token)), notes };
}

function isElf(bytes: Buffer): boolean {
  return bytes.length >= 4 && bytes.readUInt32BE(0) === 0x7f454c46;
}

function decode(path: string, bytes: Buffer): BuiltObject {
  const name = basename(path).replace(/(\.bpf)?\.(c|o|elf)$/i, "") || "object";
  const inspected = inspectObject(bytes, basename(path));
  if (!inspected.ok) {
    throw new Failed({ kind: "bad-object", reason: inspected.failure.kind, message: inspected.failure.message });
  }
  return { name, bytes, contents: inspected.object };
}

function describe(path: string, object: BuiltObject | null, compiled: CompiledText | null, start: number): Build {
  const contents = object?.contents;
  return {
    ok: object !== null,
    path,
    object: object === null ? null : versionOf(object.bytes),
    stages: compiled?.stages ?? [],
    diagnostics: compiled?.diagnostics ?? [],
    notes: [
      ...(compiled?.notes ?? []),
      ...(contents?.notes ?? []),
      ...(contents?.programs ?? []).flatMap(typeSetNote),
      ...sandboxNote(compiled),
    ],
    programs: (contents?.programs ?? []).map(({ name, section, type, instructions }) => ({
      name,
      section,
      type,
      instructions,
    })),
    maps: [...(contents?.maps ?? []), ...(contents?.legacyMaps ?? [])].map(
      ({ name, type, keySize, valueSize, maxEntries }) => ({
        name,
        type,
        keySize,
        valueSize,
        maxEntries,
      }),
    ),
    milliseconds: performance.now() - start,
  };
}

function upgradeNote({ contents: { legacyMaps } }: BuiltObject): string {
  const names = legacyMaps.map(({ name }) => name).join(", ");
  const pinned = legacyMaps.filter((map) => map.pinned).map(({ name }) => name);
  return `the object defines ${names} in section "maps", which libbpf 1.0 and later refuse: they are told to libbpf as BTF-defined maps of the same type, sizes, entries and flags; the file stays as it is${pinned.length > 0 ? `, and ${pinned.join(", ")} is not pinned` : ""}`;
}

function typeSetNote(program: ObjectContents["programs"][number]): string[] {
  if (program.xdp !== "unknown-name") return [];
  return [
    `program ${program.name}: libbpf does not know the section name "${program.section}"; its type is set to XDP before the load. SEC("xdp") is the name to use.`,
  ];
}

function sandboxNote(compiled: Compiled | null): string[] {
  if (compiled?.sandbox !== "none") return [];
  return ["clang ran as root without a sandbox: install bubblewrap (bwrap), or start the workbench as a normal user"];
}
