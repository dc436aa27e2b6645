/** Where things are: the XDG base directories of the user's, and the program's own files beside the running bundle. */
import { accessSync, constants, existsSync, mkdirSync } from "node:fs";
import { homedir, tmpdir } from "node:os";
import { delimiter, dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

const product = "xdp-workbench";

function xdg(variable: string, fallback: string): string {
  const value = process.env[variable];
  // The specification wants relative values to be ignored (XDG Base Directory 0.8).
  return join(value?.startsWith("/") ? value : join(homedir(), fallback), product);
}

/** attachments of ours, 0700 */
export function stateDirectory(): string {
  return made(xdg("XDG_STATE_HOME", ".local/state"));
}

/** what can be found out again */
export function cacheDirectory(): string {
  return made(xdg("XDG_CACHE_HOME", ".cache"));
}

/** copies of templates, and what the user writes beside them */
export function workspaceDirectory(): string {
  return made(join(xdg("XDG_DATA_HOME", ".local/share"), "workspace"));
}

/** the user's own, with the trash of their file manager */
export function dataHome(): string {
  return dirname(xdg("XDG_DATA_HOME", ".local/share"));
}

/** settings.json */
export function configDirectory(): string {
  return made(xdg("XDG_CONFIG_HOME", ".config"));
}

/** A 0700 directory for sockets. XDG_RUNTIME_DIR where there is one; over ssh without a session there may be none. */
export function runtimeDirectory(): string {
  const runtime = process.env["XDG_RUNTIME_DIR"];
  if (runtime?.startsWith("/") && existsSync(runtime)) return made(join(runtime, product));
  const state = join(xdg("XDG_STATE_HOME", ".local/state"), "run");
  // sun_path holds 108 bytes and Node cuts silently: a long home gets a short name elsewhere.
  if (Buffer.byteLength(state) < 70) return made(state);
  return made(join(tmpdir(), `${product}-${process.getuid?.() ?? 0}`));
}

function made(path: string): string {
  mkdirSync(path, { recursive: true, mode: 0o700 });
  return path;
}

/**
 * The folder that holds dist/, bpf-templates/ and data/: found upwards from the running bundle, so that the same
 * code serves in a checkout, in a package's resources and under a test runner.
 */
export function programRoot(): string {
  let folder = dirname(fileURLToPath(import.meta.url));
  for (;;) {
    if (existsSync(join(folder, "bpf-templates")) && existsSync(join(folder, "dist"))) return folder;
    const above = resolve(folder, "..");
    if (above === folder)
      throw new Error("the program's own files are incomplete: no dist/ and bpf-templates/ above the bundle");
    folder = above;
  }
}

export const helperBundle = (): string => join(programRoot(), "dist/helper/helper.js");
export const rendererRoot = (): string => join(programRoot(), "dist/renderer");
export const templatesRoot = (): string => join(programRoot(), "bpf-templates");

/**
 * The interpreter that runs the helper, absolute. A package ships its own, root-owned like the helper; inside Electron
 * process.execPath is Electron, which does not serve as Node (its RunAsNode fuse is off).
 * @throws Error where there is none
 */
export function nodeInterpreter(): string {
  const shipped = join(programRoot(), "node");
  if (existsSync(shipped)) return shipped;
  if (process.versions["electron"] === undefined) return process.execPath;
  const found = onPath("node");
  if (found === null) throw new Error("no Node beside the program and none on PATH: the helper needs one to run");
  return found;
}

/** the first executable of that name on PATH, absolute */
export function onPath(name: string): string | null {
  for (const folder of (process.env["PATH"] ?? "").split(delimiter)) {
    if (!folder.startsWith("/")) continue;
    try {
      accessSync(join(folder, name), constants.X_OK);
      return join(folder, name);
    } catch {
      // not in this one
    }
  }
  return null;
}
