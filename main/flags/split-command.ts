/** The "command" of a compile_commands.json entry as words: POSIX quoting, nothing expanded. Total. */
export function splitCommand(command: string): string[] {
  const words: string[] = [];
  let word = "";
  let inWord = false;
  let quote: "'" | '"' | null = null;
  for (let at = 0; at < command.length; at++) {
    const character = command[at] ?? "";
    if (quote === "'") {
      if (character === "'") quote = null;
      else word += character;
    } else if (quote === '"') {
      const next = command[at + 1];
      if (character === '"') quote = null;
      else if (character === "\\" && next !== undefined && '"\\$`'.includes(next)) {
        word += next;
        at += 1;
      } else word += character;
    } else if (character === "'" || character === '"') {
      quote = character;
      inWord = true;
    } else if (character === "\\") {
      word += command[at + 1] ?? "";
      at += 1;
      inWord = true;
    } else if (/\s/.test(character)) {
      if (inWord) words.push(word);
      word = "";
      inWord = false;
    } else {
      word += character;
      inWord = true;
    }
  }
  if (inWord) words.push(word);
  return words;
}
