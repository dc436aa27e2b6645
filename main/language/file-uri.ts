/** Paths and file: URIs, both ways, for any UTF-8 path: RFC 8089 with percent-encoding per RFC 3986. */
import { fileURLToPath } from "node:url";

/** Everything but unreserved characters is encoded, as clangd does it: `#`, `?`, `%` and `[` are parts of names, too. */
export function uriOf(path: string): string {
  const encoded = path.split("/").map((name) => encodeURIComponent(name).replace(/[!'()*]/g, percent));
  return `file://${encoded.join("/")}`;
}

/** null for what is not the URI of a file of this machine. */
export function pathOf(uri: string): string | null {
  if (!uri.startsWith("file:///")) return null;
  try {
    const path = fileURLToPath(uri);
    return path.includes("\0") ? null : path;
  } catch {
    return null;
  }
}

function percent(character: string): string {
  return `%${character.charCodeAt(0).toString(16).toUpperCase()}`;
}
