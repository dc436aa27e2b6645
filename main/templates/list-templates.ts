/** The lessons in bpf-templates/: one folder each. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import * as z from "zod";
import { fail } from "../../protocol/failures.ts";
import type { Template } from "../../protocol/source.ts";

export const templateFile = z.strictObject({
  name: z.string(),
  title: z.string(),
  summary: z.string().max(90),
  program: z.string(),
  order: z.number(),
  maps: z.array(z.strictObject({ name: z.string(), what: z.string() })),
  /** what "New from template" asks for */
  names: z
    .array(z.strictObject({ id: z.string().regex(/^[a-z]+$/), what: z.string(), default: z.string() }))
    .min(1)
    .max(3),
  try: z.array(z.string()),
});

export interface StoredTemplate {
  readonly id: string;
  readonly folder: string;
  readonly file: z.infer<typeof templateFile>;
}

/** @throws Failed `not-found` */
export function findTemplate(root: string, id: string): StoredTemplate {
  return (
    readTemplates(root).find((candidate) => candidate.id === id) ??
    fail({
      kind: "not-found",
      what: "template",
      name: id,
      message: `open template ${id}: there is none of that name`,
    })
  );
}

export function readTemplates(root: string): readonly StoredTemplate[] {
  return readdirSync(root, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && existsSync(join(root, entry.name, "template.json")))
    .map((entry) => {
      const folder = join(root, entry.name);
      const file = templateFile.parse(JSON.parse(readFileSync(join(folder, "template.json"), "utf8")));
      return { id: entry.name, folder, file };
    })
    .sort((a, b) => a.file.order - b.file.order);
}

export function listTemplates(root: string): readonly Template[] {
  return readTemplates(root).map(({ id, folder, file }) => ({
    id,
    title: file.title,
    summary: file.summary,
    maps: file.maps,
    names: file.names.map((name) => ({ ...name, kind: isMap(file, name.default) ? "map" : "program" })),
    try: file.try,
    readme: readFileSync(join(folder, "README.md"), "utf8"),
  }));
}

export function isMap(file: StoredTemplate["file"], name: string): boolean {
  return file.maps.some((map) => map.name === name);
}
