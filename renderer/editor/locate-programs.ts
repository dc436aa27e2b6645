/** Where the programs of a source stand: the line of each SEC() that is followed by a function. */
export interface LocatedProgram {
  readonly name: string;
  readonly section: string;
  /** 1-based line of SEC */
  readonly line: number;
}

const program =
  /^[ \t]*SEC\(\s*"([^"\n]+)"\s*\)\s*(?:(?:static|__\w+|__attribute__\(\([^)]*\)\))\s+)*int\s+(\w+)\s*\(/gm;

export function locatePrograms(text: string): readonly LocatedProgram[] {
  const found: LocatedProgram[] = [];
  let line = 1;
  let counted = 0;
  for (const match of text.matchAll(program)) {
    const [, section = "", name = ""] = match;
    for (; counted < match.index; counted++) if (text.charCodeAt(counted) === 10) line++;
    found.push({ name, section, line });
  }
  return found;
}

export function isXdp({ section }: LocatedProgram): boolean {
  return section.startsWith("xdp");
}
