/** The manual's reStructuredText as Markdown: the few forms that the kernel's text uses. */
import type { HelperManual } from "./helper-manual.ts";
import type { HelperProbe } from "./probe-helpers.ts";

/** A helper's page for hover and completion. */
export function helperMarkdown(helper: HelperManual, probe: HelperProbe | null): string {
  const marks = [`helper ${helper.id}`];
  if (probe?.gplOnly.has(helper.id)) marks.push("only for programs with a GPL-compatible license");
  const refusal = xdpRefusal(helper, probe);
  return [
    `\`\`\`c\n${helper.prototype};\n\`\`\``,
    ...(refusal === "" ? [] : [`**${refusal}**`]),
    manualMarkdown(helper.text),
    `_${marks.join(", ")}_`,
  ].join("\n\n");
}

/** Empty where an XDP program may call it, and where the kernel was not asked. */
export function xdpRefusal(helper: HelperManual, probe: HelperProbe | null): string {
  if (probe === null || probe.allowed.has(helper.id)) return "";
  return helper.id > probe.last
    ? `not in this kernel (${probe.release})`
    : `not for XDP on this kernel (${probe.release})`;
}

export function manualMarkdown(text: string): string {
  const out: string[] = [];
  let literal = false;
  let paragraph = "";
  const flush = (): void => {
    if (paragraph !== "") out.push(paragraph);
    paragraph = "";
  };
  for (const raw of text.split("\n")) {
    const depth = /^[\t ]*/.exec(raw)?.[0].replace(/ {8}/g, "\t").split("\t").length ?? 1;
    const line = raw.trim();
    if (literal) {
      if (line === "" || depth > 2) {
        out.push(line === "" ? "" : `    ${line}`);
        continue;
      }
      literal = false;
    }
    if (line === "") {
      flush();
      out.push("");
    } else if (line === "::") {
      flush();
      literal = true;
    } else if (depth === 1) {
      flush();
      out.push(`**${inline(line)}**`, "");
    } else if (line.startsWith("* ")) {
      flush();
      paragraph = `${"  ".repeat(Math.max(0, depth - 2))}- ${inline(line.slice(2))}`;
    } else if (/^\*\*[A-Z0-9_]+\*\*$/.test(line) && depth === 2) {
      // a definition: the term, and its text indented below
      flush();
      paragraph = `- ${line}`;
    } else paragraph = paragraph === "" ? inline(line) : `${paragraph} ${inline(line)}`;
  }
  flush();
  return out
    .join("\n")
    .replace(/\n{3,}/g, "\n\n")
    .trim();
}

/** `*name*` is a parameter, ``x`` and **X** are code; `\ ` joins two words. What Markdown would take for its own is escaped. */
function inline(line: string): string {
  return line
    .replace(/\\ /g, "")
    .replace(/\\$/, "")
    .replace(/``([^`]+)``/g, "`$1`")
    .replace(/\*\*([^*`]+)\*\*/g, "`$1`")
    .replace(/(?<![*\w\\`])\*([^*\s`][^*`]*)\*(?!\*)/g, "`$1`")
    .split(/(`[^`]*`)/)
    .map((part) => (part.startsWith("`") ? part.replace(/\\\//g, "/") : part.replace(/[<>]/g, "\\$&")))
    .join("");
}
