/** Templates, sources, drafts and a workspace, in memory. */
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { workbench } from "../../protocol/contracts.ts";
import { fail } from "../../protocol/failures.ts";
import type { Handlers } from "../../protocol/peer.ts";
import type { Template } from "../../protocol/source.ts";
import type { Draft } from "../../protocol/workspace.ts";

const root = join(import.meta.dirname, "../..");

export interface FileKnobs {
  changedOnDisk: boolean;
  /** what is known of unsaved texts is told when this is done */
  draftsHeld: Promise<void>;
}

export function fakeFiles(knobs: FileKnobs): Partial<Handlers<typeof workbench>> {
  const files = new Map<string, string>();
  const drafts = new Map<string, Draft>();
  const version = (text: string): string => createHash("sha256").update(text).digest("hex");
  return {
    "templates.list": async () => ({ templates: readTemplates() }),
    "templates.open": async ({ id }) => {
      const path = `/home/ada/xdp/${id}/program.bpf.c`;
      const text = files.get(path) ?? readFileSync(join(root, "bpf-templates", id, "program.bpf.c"), "utf8");
      files.set(path, text);
      return { path, text, version: version(text) };
    },
    "templates.create": async ({ id, folder }) => {
      const path = `${folder}/program.bpf.c`;
      if (files.has(path)) fail({ kind: "name-taken", message: `make ${folder}: it is there`, name: folder });
      const text = readFileSync(join(root, "bpf-templates", id, "program.bpf.c"), "utf8");
      files.set(path, text);
      return { source: { path, text, version: version(text) }, notes: [] };
    },
    "workspace.describe": async () => ({
      folder: "/home/ada/xdp",
      usual: "/home/ada/xdp",
      recent: ["/home/ada/tutorial"],
      trouble: null,
    }),
    "workspace.watch": async () => ({}),
    "workspace.files": async () => ({ files: [...files.keys()].map((path) => path.slice(14)), more: false }),
    "workspace.keepDraft": async (draft) => {
      drafts.set(draft.path, draft);
      return {};
    },
    "workspace.dropDraft": async ({ path }) => {
      drafts.delete(path);
      return {};
    },
    "workspace.draft": async ({ path }) => ({ draft: drafts.get(path) ?? null }),
    "workspace.drafts": async () => {
      const paths = [...drafts.keys()];
      await knobs.draftsHeld;
      return { paths };
    },
    "source.read": async ({ path }) => {
      if (/\.(o|bin)$/.test(path)) {
        fail({ kind: "file", message: `read ${path}: it holds NUL bytes`, path, code: "binary" });
      }
      const text =
        files.get(path) ?? fail({ kind: "file", message: `read ${path}: no such file`, path, code: "ENOENT" });
      return { path, text, version: version(text) };
    },
    "source.save": async ({ path, text, basedOn }) => {
      if (knobs.changedOnDisk && basedOn !== null) {
        fail({ kind: "changed-on-disk", message: `save ${path}: somebody else wrote it`, path });
      }
      files.set(path, text);
      return { version: version(text) };
    },
    "source.list": async ({ path }) => ({
      path,
      entries: [
        { name: "packet-counters", kind: "directory" },
        { name: "ipv4-blocklist", kind: "directory" },
        { name: "program.bpf.c", kind: "source" },
        { name: "program.o", kind: "object" },
        { name: "notes.txt", kind: "other" },
      ],
    }),
    "source.includers": async ({ sources }) => ({ paths: sources.map(({ path }) => path) }),
  };
}

function readTemplates(): Template[] {
  const folder = join(root, "bpf-templates");
  return readdirSync(folder)
    .filter((id) => existsSync(join(folder, id, "template.json")))
    .map((id) => {
      const {
        title,
        summary,
        maps,
        names,
        try: steps,
        order,
      } = JSON.parse(readFileSync(join(folder, id, "template.json"), "utf8"));
      const kinds = (names as { id: string; what: string; default: string }[]).map((name, index) => ({
        ...name,
        kind: index === 0 ? ("program" as const) : ("map" as const),
      }));
      return { id, title, summary, maps, names: kinds, try: steps, readme: "", order };
    })
    .toSorted((one, other) => one.order - other.order)
    .map(({ order: _order, ...template }) => template);
}
