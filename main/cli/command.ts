/** What a command is: its words and flags for parsing and help, and the function that does it, loaded when it is run. */
import type { CancellationToken } from "vscode-jsonrpc";
import type { Workbench, WorkbenchSession } from "../workbench.ts";

export interface FlagSpec {
  /** what the value is called in help; null for a switch */
  readonly value: string | null;
  readonly what: string;
  readonly short?: string;
  readonly choices?: readonly string[];
  readonly required?: boolean;
  /** may be given several times; the values come joined by commas */
  readonly list?: boolean;
  /** may be given several times; the values stay apart, as they may hold commas: flagTexts */
  readonly many?: boolean;
}

export interface ArgumentSpec {
  readonly name: string;
  readonly what: string;
  readonly optional?: boolean;
}

export interface CommandSpec {
  readonly words: readonly string[];
  readonly summary: string;
  readonly arguments: readonly ArgumentSpec[];
  readonly flags: Readonly<Record<string, FlagSpec>>;
  readonly examples: readonly string[];
  readonly load: () => Promise<Run>;
}

/** What was typed, checked against the spec: required flags are there, choices are among the choices. */
export interface Typed {
  readonly flags: Readonly<Record<string, string | true | readonly string[]>>;
  readonly arguments: readonly string[];
}

export interface CommandContext {
  readonly typed: Typed;
  /** absolute: relative paths are meant from here */
  readonly cwd: string;
  /** opened for this run, closed after it */
  readonly workbench: Workbench;
  readonly handlers: WorkbenchSession["handlers"];
  readonly token: CancellationToken;
  /** colours for standard output; every one is plain text where that is no terminal */
  readonly paint: Paint;
  /** an aside for a person, on standard error; silent in JSON mode */
  readonly note: (line: string) => void;
  /** the equivalent commands of what was done, shown where the user asked for them */
  readonly commands: (lines: readonly string[]) => void;
  /** prints before the command is done: for those that stay, such as serve */
  readonly show: (answer: Answer) => Promise<void>;
  /** null in scripts and for --json */
  readonly person: Person | null;
  /** standard output as it is, for what is its own format; resolves when the bytes may be used again */
  readonly write: (bytes: Uint8Array) => Promise<void>;
}

/** Somebody at a terminal who can be asked. */
export interface Person {
  /** each line that is entered, until the returned function is called */
  lines(heard: (line: string) => void): () => void;
  /** one line of standard error, written over and over; empty takes it away */
  status(text: string): void;
}

/** Text in pieces, for answers too long to be built in one; bytes for an object on standard output. */
export type Text = string | Uint8Array | Generator<string>;

export interface Answer {
  /** false: exit 1, the answer is no */
  readonly ok: boolean;
  /** for people */
  readonly text: Text;
  /** for --json: a value, or the pieces of its JSON text */
  readonly json: { readonly value: unknown } | { readonly pieces: Generator<string> };
}

/** null: everything was shown already. @throws Failed for every expected failure */
export type Run = (context: CommandContext) => Promise<Answer | null>;

export type Paint = Readonly<Record<"bold" | "dim" | "red" | "green" | "yellow", (text: string) => string>>;

export function flagText(typed: Typed, name: string): string | null {
  const value = typed.flags[name];
  return typeof value === "string" ? value : null;
}

/** All values of a flag that may be given `many` times. */
export function flagTexts(typed: Typed, name: string): readonly string[] {
  const value = typed.flags[name];
  return typeof value === "object" ? value : [];
}

/** One that the spec requires. */
export function neededFlag(typed: Typed, name: string): string {
  const value = flagText(typed, name);
  if (value === null) throw new Error(`flag --${name} is not declared as required`);
  return value;
}

/** One that the spec does not call optional. */
export function neededArgument(typed: Typed, index: number): string {
  const value = typed.arguments[index];
  if (value === undefined) throw new Error(`argument ${index} is not declared`);
  return value;
}
