/** A clangd that only keeps what it is told. What it heard comes as the text of a hover. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";

const script = `
let rest = Buffer.alloc(0);
const heard = [];
const texts = new Map();
const send = (message) => {
  const text = Buffer.from(JSON.stringify({ jsonrpc: "2.0", ...message }));
  process.stdout.write("Content-Length: " + text.length + "\\r\\n\\r\\n");
  process.stdout.write(text);
};
const publish = (uri) => send({ method: "textDocument/publishDiagnostics", params: { uri, version: texts.get(uri)?.version, diagnostics: [] } });
function handle({ id, method, params }) {
  heard.push(method);
  const uri = params?.textDocument?.uri;
  switch (method) {
    case "initialize":
      return send({ id, result: { capabilities: {}, serverInfo: { version: "fake clangd version 99.1" } } });
    case "textDocument/didOpen":
      texts.set(uri, params.textDocument);
      if (params.textDocument.text.includes("DIE")) process.exit(7);
      return publish(uri);
    case "textDocument/didChange":
      for (const change of params.contentChanges) heard.push(JSON.stringify(change));
      texts.get(uri).version = params.textDocument.version;
      return publish(uri);
    case "textDocument/hover":
      return send({ id, result: { contents: JSON.stringify({ heard, texts: [...texts.values()] }) } });
    case "textDocument/completion":
      return; // thinks until it is cancelled
    case "$/cancelRequest":
      return send({ id: params.id, error: { code: -32800, message: "cancelled" } });
    case "textDocument/documentSymbol":
      return send({ id, result: [{ nonsense: true }] });
    case "textDocument/rename":
      return send({ id, error: { code: -32001, message: "Cannot rename this" } });
    case "textDocument/definition":
      send({ id: 424242, result: "an answer to nothing" });
      send({ method: "unheard/of", params: 7 });
      send({ method: "textDocument/publishDiagnostics", params: { uri: 1 } });
      return send({ id, result: [{ uri: "http://elsewhere", range: { start: { line: 0, character: 0 }, end: { line: 0, character: 0 } } }] });
    default:
      if (id !== undefined) send({ id, result: null });
  }
}
process.stdin.on("data", (chunk) => {
  rest = Buffer.concat([rest, chunk]);
  for (;;) {
    const end = rest.indexOf("\\r\\n\\r\\n");
    if (end < 0) return;
    const length = Number(/content-length: (\\d+)/i.exec(rest.subarray(0, end).toString())?.[1]);
    if (rest.length < end + 4 + length) return;
    const message = JSON.parse(rest.subarray(end + 4, end + 4 + length).toString());
    rest = rest.subarray(end + 4 + length);
    handle(message);
  }
});
process.stdin.on("end", () => process.exit(0));
`;

export function writeFakeClangd(folder: string): string {
  const path = join(folder, "fake-clangd.cjs");
  writeFileSync(path, script);
  return path;
}
