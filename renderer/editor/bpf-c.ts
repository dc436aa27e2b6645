/** C as it is written for BPF, for colouring: a Monarch grammar (https://microsoft.github.io/monaco-editor/monarch.html). */
import type { languages } from "monaco-editor/editor/editor.api.js";

export const configuration: languages.LanguageConfiguration = {
  comments: { lineComment: "//", blockComment: ["/*", "*/"] },
  brackets: [
    ["{", "}"],
    ["[", "]"],
    ["(", ")"],
  ],
  autoClosingPairs: [
    { open: "{", close: "}" },
    { open: "[", close: "]" },
    { open: "(", close: ")" },
    { open: '"', close: '"', notIn: ["string", "comment"] },
    { open: "'", close: "'", notIn: ["string", "comment"] },
  ],
  surroundingPairs: [
    { open: "{", close: "}" },
    { open: "[", close: "]" },
    { open: "(", close: ")" },
    { open: '"', close: '"' },
  ],
  onEnterRules: [
    { beforeText: /^\s*\/\*(?!.*\*\/).*$/, action: { indentAction: 0, appendText: " * " } },
    { beforeText: /^\s*\*(?!\/).*$/, action: { indentAction: 0, appendText: "* " } },
  ],
};

export const grammar: languages.IMonarchLanguage = {
  defaultToken: "",
  keywords: [
    ..."auto break case const continue default do else enum extern for goto if inline register restrict return".split(
      " ",
    ),
    ..."sizeof static struct switch typedef union volatile while __always_inline __noinline __attribute__".split(" "),
    ..."__weak __hidden __ksym __kconfig __builtin_expect typeof asm __asm__".split(" "),
  ],
  types: [
    ..."void char short int long float double signed unsigned bool _Bool size_t ssize_t".split(" "),
    ..."__u8 __u16 __u32 __u64 __s8 __s16 __s32 __s64 u8 u16 u32 u64 s8 s16 s32 s64".split(" "),
    ..."__be16 __be32 __be64 __le16 __le32 __le64 __sum16 __wsum uint8_t uint16_t uint32_t uint64_t".split(" "),
    ..."int8_t int16_t int32_t int64_t uintptr_t".split(" "),
  ],
  tokenizer: {
    root: [
      [/^\s*#\s*include\b/, { token: "directive", next: "@include" }],
      [/^\s*#\s*\w+/, "directive"],
      [/\/\*/, { token: "comment", next: "@comment" }],
      [/\/\/.*$/, "comment"],
      [/\b(struct|union|enum)(\s+)([A-Za-z_]\w*)/, ["keyword", "white", "type"]],
      [/[A-Z][A-Z0-9_]{2,}(?=\s*\()/, "function"],
      [/[A-Z][A-Z0-9_]{2,}\b/, "constant"],
      [/[A-Za-z_]\w*(?=\s*\()/, { cases: { "@keywords": "keyword", "@types": "type", "@default": "function" } }],
      [/[A-Za-z_]\w*/, { cases: { "@keywords": "keyword", "@types": "type", "@default": "identifier" } }],
      [/0[xX][0-9a-fA-F]+[uUlL]*/, "number"],
      [/\d+(\.\d+)?([eE][-+]?\d+)?[uUlLfF]*/, "number"],
      [/"/, { token: "string", next: "@string" }],
      [/'(\\.|[^'\\])'/, "string"],
      [/[{}()[\]]/, "@brackets"],
      [/[-+*/%=<>!&|^~?:;,.]/, "delimiter"],
    ],
    include: [
      [/<[^>]*>|"[^"]*"/, { token: "string", next: "@pop" }],
      [/$/, { token: "", next: "@pop" }],
    ],
    comment: [
      [/[^/*]+/, "comment"],
      [/\*\//, { token: "comment", next: "@pop" }],
      [/[/*]/, "comment"],
    ],
    string: [
      [/[^\\"]+/, "string"],
      [/\\./, "string.escape"],
      [/"|$/, { token: "string", next: "@pop" }],
    ],
  },
};
