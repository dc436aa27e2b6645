/** Names come from the kernel and from other people's files, and may hold what a terminal would act on. */

/** Control characters of ASCII and Latin-1 as `\x1b`, all else as it is. */
export function visible(text: string): string {
  return text.replace(/\p{Cc}/gu, hexadecimal);
}

/** The same of a text of several lines. */
export function visibleLines(text: string): string {
  return text.replace(/(?![\n\t])\p{Cc}/gu, hexadecimal);
}

function hexadecimal(character: string): string {
  return `\\x${character.charCodeAt(0).toString(16).padStart(2, "0")}`;
}
