/** The built renderer, by path, with the headers that every answer carries. */
import { readFile } from "node:fs/promises";
import { extname, join, normalize } from "node:path";

/** No script but ours, no frame around us, nothing to fetch from elsewhere. Monaco sets style attributes. */
export const contentSecurityPolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "font-src 'self' data:",
  "img-src 'self' data:",
  "connect-src 'self'",
  "worker-src 'self' blob:",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join("; ");

export const securityHeaders: Readonly<Record<string, string>> = {
  "Content-Security-Policy": contentSecurityPolicy,
  "X-Content-Type-Options": "nosniff",
  "Referrer-Policy": "no-referrer",
  "Cross-Origin-Opener-Policy": "same-origin",
  "Cross-Origin-Resource-Policy": "same-origin",
};

const types: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".ttf": "font/ttf",
  ".woff2": "font/woff2",
  ".svg": "image/svg+xml",
  ".png": "image/png",
  ".json": "application/json",
  ".map": "application/json",
};

export interface StaticFile {
  readonly body: Buffer;
  readonly headers: Readonly<Record<string, string>>;
}

/** null: no such file below root */
export async function readStatic(root: string, urlPath: string): Promise<StaticFile | null> {
  let decoded: string;
  try {
    decoded = decodeURIComponent(urlPath);
  } catch {
    return null;
  }
  if (decoded.includes("\0")) return null;
  const path = join(root, normalize(`/${decoded === "/" ? "index.html" : decoded}`));
  const type = types[extname(path)];
  if (type === undefined) return null;
  try {
    const body = await readFile(path);
    // Bundled files carry a hash of their content in their names.
    const cache = decoded.startsWith("/assets/") ? "public, max-age=31536000, immutable" : "no-store";
    return { body, headers: { "Content-Type": type, "Cache-Control": cache } };
  } catch {
    return null;
  }
}
