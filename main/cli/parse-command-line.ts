/** Words to a command with checked flags, to help, or to a sentence on what is wrong. Pure. */
import { parseArgs } from "node:util";
import type { CommandSpec, FlagSpec, Typed } from "./command.ts";
import { everywhere } from "./flags.ts";
import { nearest } from "./nearest.ts";

export type CommandLine =
  | { readonly kind: "run"; readonly spec: CommandSpec; readonly typed: Typed }
  | { readonly kind: "version" }
  /** of one command, of those that start with these words, or of all */
  | { readonly kind: "help"; readonly specs: readonly CommandSpec[] }
  | { readonly kind: "wrong"; readonly message: string; readonly specs: readonly CommandSpec[] };

export function parseCommandLine(argv: readonly string[], commands: readonly CommandSpec[]): CommandLine {
  const words = leadingWords(argv);
  const spec = commands.find((candidate) => startsWith(words, candidate.words));
  if (spec !== undefined) return parseFlags(argv.slice(spec.words.length), spec);
  if (argv[0] === "--version") return { kind: "version" };

  const [first, second] = words;
  const group = commands.filter((candidate) => candidate.words[0] === first);
  const asksHelp = argv.some((word) => word === "--help" || word === "-h");
  if (first === "help") return { kind: "help", specs: named(words.slice(1), commands) };
  if (first === undefined) {
    const stray = argv.find((word) => word !== "--json" && word !== "--help" && word !== "-h");
    if (asksHelp) return { kind: "help", specs: commands };
    if (stray !== undefined) return wrong(unknownFlag(stray, ["--help", "--version"]), commands);
    return wrong("which command?", commands);
  }
  if (group.length > 0) {
    if (asksHelp) return { kind: "help", specs: group };
    const verbs = group.map((candidate) => candidate.words[1] ?? "");
    if (second === undefined) return wrong(`${first}: ${list(verbs)}?`, group);
    return wrong(`unknown command ${first} ${second}: ${meant(nearest(second, verbs), verbs)}`, group);
  }
  const firsts = [...new Set(commands.map((candidate) => candidate.words[0] ?? ""))];
  return wrong(`unknown command ${first}: ${meant(nearest(first, firsts), firsts)}`, commands);
}

function leadingWords(argv: readonly string[]): readonly string[] {
  const end = argv.findIndex((word) => word.startsWith("-"));
  return end < 0 ? argv : argv.slice(0, end);
}

function startsWith(words: readonly string[], start: readonly string[]): boolean {
  return start.every((word, index) => words[index] === word);
}

function named(words: readonly string[], commands: readonly CommandSpec[]): readonly CommandSpec[] {
  const found = commands.filter((candidate) => startsWith(candidate.words, words));
  return found.length > 0 ? found : commands;
}

function parseFlags(argv: readonly string[], spec: CommandSpec): CommandLine {
  const flags: Readonly<Record<string, FlagSpec>> = { ...spec.flags, ...everywhere };
  const refuse = (message: string): CommandLine => wrong(`${spec.words.join(" ")}: ${message}`, [spec]);
  // Not strict: strict throws before it says which word it was and which flag was near.
  const { tokens } = parseArgs({
    args: [...argv],
    strict: false,
    allowPositionals: true,
    tokens: true,
    options: Object.fromEntries(
      Object.entries(flags).map(([name, flag]) => [
        name,
        {
          type: flag.value === null ? "boolean" : "string",
          ...(flag.short === undefined ? {} : { short: flag.short }),
        },
      ]),
    ),
  });
  const given: Record<string, string | true | readonly string[]> = {};
  const positionals: string[] = [];
  for (const token of tokens) {
    if (token.kind === "positional") positionals.push(token.value);
    if (token.kind !== "option") continue;
    const flag = Object.hasOwn(flags, token.name) ? flags[token.name] : undefined;
    if (flag === undefined) {
      const known = Object.entries(flags).flatMap(([name, { short }]) => [
        `--${name}`,
        ...(short ? [`-${short}`] : []),
      ]);
      return refuse(unknownFlag(token.rawName, known));
    }
    const before = given[token.name];
    if (before !== undefined && flag.list !== true && flag.many !== true)
      return refuse(`${token.rawName} is given twice`);
    if (flag.value === null) {
      if (token.value !== undefined) return refuse(`${token.rawName} takes no value`);
      given[token.name] = true;
      continue;
    }
    const { value } = token;
    // The next flag is not a value; a lone minus is one.
    if (value === undefined || value === "" || (!token.inlineValue && /^-./.test(value))) {
      const meant =
        value !== undefined && /^-[^-]/.test(value) ? `; of one that begins so: ${token.rawName}=${value}` : "";
      return refuse(`${token.rawName} needs a value: ${token.rawName} ${flag.value}${meant}`);
    }
    if (flag.choices !== undefined && !flag.choices.includes(value)) {
      return refuse(`${token.rawName} ${value}: give ${list(flag.choices)}`);
    }
    if (flag.many === true) given[token.name] = [...(typeof before === "object" ? before : []), value];
    else given[token.name] = typeof before === "string" ? `${before},${value}` : value;
  }
  if (given["help"] === true) return { kind: "help", specs: [spec] };

  const surplus = positionals[spec.arguments.length];
  if (surplus !== undefined) return refuse(`unexpected word ${JSON.stringify(surplus)}`);
  const missing = spec.arguments.find((argument, index) => !argument.optional && positionals[index] === undefined);
  if (missing !== undefined) return refuse(`${missing.name} is missing: ${missing.what}`);
  const needed = Object.entries(flags).find(([name, flag]) => flag.required && given[name] === undefined);
  if (needed !== undefined) return refuse(`--${needed[0]} ${needed[1].value ?? ""} is missing: ${needed[1].what}`);
  return { kind: "run", spec, typed: { flags: given, arguments: positionals } };
}

function wrong(message: string, specs: readonly CommandSpec[]): CommandLine {
  return { kind: "wrong", message, specs };
}

function unknownFlag(flag: string, known: readonly string[]): string {
  const near = nearest(flag, known);
  const behind = /^-\d/.test(flag) ? "; a value that starts with a minus goes behind --" : "";
  return `unknown flag ${flag}${near === null ? "" : `: do you mean ${near}?`}${behind}`;
}

function meant(near: string | null, all: readonly string[]): string {
  return near === null ? `there is ${list(all)}` : `do you mean ${near}?`;
}

function list(words: readonly string[]): string {
  return words.length < 2 ? (words[0] ?? "none") : `${words.slice(0, -1).join(", ")} or ${words.at(-1)}`;
}
