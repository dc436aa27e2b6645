/** The XDP programs of a source: of its last build, or as they stand in the text before the first one. */
import { languageOf } from "../editor/language-of.ts";
import { isXdp, locatePrograms } from "../editor/locate-programs.ts";
import { buildOf, type OpenSource } from "../editor/open-sources.ts";
import { textAt, wholeText } from "../editor/texts.ts";

/** C, or an object: anything else is text about programs. */
export function canRun(source: OpenSource): boolean {
  return source.object !== undefined || languageOf(source.path) === "c";
}

export function xdpPrograms(source: OpenSource | null): readonly string[] {
  if (source === null) return [];
  const build = buildOf(source.check);
  if (build?.ok === true) return build.programs.filter(({ type }) => type === "xdp").map(({ name }) => name);
  if (source.object !== undefined) {
    return source.object.programs.filter(({ type }) => type === "xdp").map(({ name }) => name);
  }
  const text = textAt(source.path);
  return text === undefined
    ? []
    : locatePrograms(wholeText(text))
        .filter(isXdp)
        .map(({ name }) => name);
}
