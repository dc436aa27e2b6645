const limit = 60_000;

/** clangd's Markdown: what it calls C++ is C here, and is coloured so. */
export function markdownOf(text: string): string {
  return text
    .replace(/```cpp/g, "```c")
    .replace(/^### /gm, "#### ")
    .slice(0, limit);
}
