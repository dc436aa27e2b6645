import { join } from "node:path";
import { defineConfig } from "vite";

const root = import.meta.dirname;

/** The window: one page, loaded from a server on loopback or from Electron's app:// scheme, under a strict CSP. */
export default defineConfig({
  root: join(root, "renderer"),
  base: "./",
  cacheDir: join(root, ".cache/vite"),
  publicDir: false,
  build: {
    outDir: join(root, "dist/renderer"),
    emptyOutDir: true,
    target: "chrome120",
    sourcemap: true,
    // neither inline scripts nor data: fonts pass the content security policy
    modulePreload: { polyfill: false },
    assetsInlineLimit: 0,
    // Monaco's core is one chunk of about 3 MB, loaded at once in every case
    chunkSizeWarningLimit: 6000,
  },
  worker: { format: "es" },
});
