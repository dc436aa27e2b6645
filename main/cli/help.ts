/** The help texts, from the same table that the parser uses. */
import { columns } from "./columns.ts";
import type { CommandSpec, FlagSpec, Paint } from "./command.ts";
import { everywhere } from "./flags.ts";

export function usageLine(spec: CommandSpec): string {
  const words = [
    "xdpw",
    ...spec.words,
    ...spec.arguments.map((argument) => (argument.optional ? `[${argument.name}]` : argument.name)),
    ...Object.entries(spec.flags).map(([name, flag]) => {
      const value = flag.choices?.join("|") ?? flag.value;
      const text = [flagName(name, flag), ...(value === null ? [] : [value])].join(" ");
      return flag.required ? text : `[${text}]`;
    }),
  ];
  return words.join(" ");
}

export function commandHelp(spec: CommandSpec, paint: Paint): string {
  const rows = [
    ...spec.arguments.map((argument) => [argument.name, argument.what]),
    ...Object.entries({ ...spec.flags, ...everywhere }).map(([name, flag]) => [
      `${flag.short === undefined ? "" : `-${flag.short}, `}--${name}${flag.value === null ? "" : ` ${flag.value}`}`,
      flag.what,
    ]),
  ];
  return [
    `${paint.bold(`xdpw ${spec.words.join(" ")}`)}: ${spec.summary}\n`,
    `\n  ${usageLine(spec)}\n\n`,
    indent(columns(null, rows)),
    `\n${spec.examples.map((example) => `  $ ${example}\n`).join("")}`,
  ].join("");
}

export function overview(specs: readonly CommandSpec[], version: string, paint: Paint): string {
  const rows = specs.map((spec) => [spec.words.join(" "), spec.summary]);
  return [
    `${paint.bold("xdpw")} ${version}: write XDP programs, have the kernel verify them, attach them, read their maps\n\n`,
    indent(columns(null, rows)),
    "\n  xdpw COMMAND --help tells more; --json on any command prints one JSON value\n",
    "  exit status: 0 done, 1 the answer is no, 2 usage, 3 the machine lacks something, 130 interrupted\n",
  ].join("");
}

/** `-o OBJ` reads better than `--output OBJ`, and is what compilers take. */
function flagName(name: string, flag: FlagSpec): string {
  return flag.short === undefined ? `--${name}` : `-${flag.short}`;
}

function indent(text: string): string {
  return text.replaceAll(/^(?=.)/gm, "  ");
}
