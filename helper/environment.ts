/** What is left of the environment: nothing that could load code or change what a child does. */
import type { Role } from "./arguments.ts";

const systemPath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

export type Environment = Record<string, string>;

/**
 * The plain instance keeps the user's PATH, so that the user's own clang is found, HOME, and where caches go.
 * Entries of PATH that are not absolute go: the working directory is `/`.
 */
export function environmentFor(role: Role, given: Readonly<Record<string, string | undefined>>): Environment {
  if (role === "elevated") return { PATH: systemPath, LANG: "C", LC_ALL: "C" };
  const path = (given["PATH"] ?? "").split(":").filter((entry) => entry.startsWith("/"));
  const kept: Environment = { PATH: path.length > 0 ? path.join(":") : systemPath, LANG: "C", LC_ALL: "C" };
  for (const name of ["HOME", "XDG_CACHE_HOME"]) {
    const folder = given[name];
    if (folder?.startsWith("/")) kept[name] = folder;
  }
  return kept;
}

/** Makes `process.env` exactly this. */
export function replaceEnvironment(environment: Environment): void {
  for (const name of Object.keys(process.env)) delete process.env[name];
  Object.assign(process.env, environment);
}
