/** The source that the Code tab is about: the active one, or while a header or a text is, the program before it. */
import { useState } from "react";
import { languageOf } from "../editor/language-of.ts";
import { activeSource, type OpenSource } from "../editor/open-sources.ts";
import { useSession } from "../session/use-app.tsx";

export function isProgram({ path, object }: OpenSource): boolean {
  return object !== undefined || (languageOf(path) === "c" && !/\.h$/i.test(path));
}

export function useProgramSource(): OpenSource | null {
  const active = useSession(activeSource);
  const sources = useSession((state) => state.sources);
  const [last, setLast] = useState<string | null>(null);
  const now = active !== null && isProgram(active) ? active : null;
  if (now !== null && now.path !== last) setLast(now.path);
  return now ?? sources.find(({ path }) => path === last) ?? null;
}
