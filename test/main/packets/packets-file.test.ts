import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { packetsFile, readPacketsFile } from "../../../main/packets/packets-file.ts";
import { Failed } from "../../../protocol/failures.ts";

const schemaFile = fileURLToPath(new URL("../../../docs/packets.schema.json", import.meta.url));
const good = { name: "it", packet: "00*14", expect: { action: "XDP_PASS" } };

function refusal(value: unknown): string {
  try {
    readPacketsFile("/x/packets.json", typeof value === "string" ? value : JSON.stringify(value));
  } catch (error) {
    if (error instanceof Failed && error.failure.kind === "bad-value") return error.failure.message;
    throw error;
  }
  throw new Error("was not refused");
}

describe("packets.json", () => {
  it("has the schema that docs/packets.schema.json shows (vitest -u writes it)", async () => {
    const schema = z.toJSONSchema(packetsFile, { io: "input" });
    await expect(`${JSON.stringify(schema, null, 2)}\n`).toMatchFileSnapshot(schemaFile);
  });

  it("is read", () => {
    const file = readPacketsFile("/x/packets.json", JSON.stringify({ cases: [good] }));
    expect(file.cases[0]?.expect.action).toBe("XDP_PASS");
  });

  it("names the place that is wrong", () => {
    expect(refusal("{")).toContain("read packets.json: it is not JSON: ");
    expect(refusal([])).toContain("read packets.json: ");
    expect(refusal({ cases: [] })).toContain("cases: ");
    expect(refusal({ cases: [good, { ...good, name: "two", expect: { action: "DROP" } }] })).toContain(
      "cases[1].expect.action: ",
    );
    expect(refusal({ cases: [{ ...good, extra: 1 }] })).toMatch(/cases\[0\]: .*extra/);
    expect(refusal({ cases: [{ ...good, setup: [{ map: "m", key: 1 }] }] })).toContain("cases[0].setup[0].value: ");
    expect(refusal({ cases: [good], source: "../x.c" })).toContain("source: ");
  });

  it("refuses two cases of one name", () => {
    expect(refusal({ cases: [good, good] })).toBe('read packets.json: cases[1].name: there is a case "it" already');
  });

  it("refuses too many cases", () => {
    const cases = Array.from({ length: 1001 }, (_, index) => ({ ...good, name: `${index}` }));
    expect(refusal({ cases })).toContain("cases: ");
  });
});
