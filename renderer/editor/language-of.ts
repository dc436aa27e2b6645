/** The editor's language of a file, by its name. */
export function languageOf(path: string): "c" | "json" | "plaintext" {
  if (/\.(json|clangd)$/i.test(path)) return "json";
  if (/\.(c|h|cc|cpp|hpp|inc)$/i.test(path)) return "c";
  return /(^|\/)[^/.]+$|\.(md|txt|ya?ml|toml|sh|mk|py|log)$/i.test(path) ? "plaintext" : "c";
}
