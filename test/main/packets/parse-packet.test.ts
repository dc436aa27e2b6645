import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { hexDifference } from "../../../main/packets/hex-difference.ts";
import { parsePacket } from "../../../main/packets/parse-packet.ts";

const hex = (text: string | readonly string[]): string => {
  const parsed = parsePacket(text);
  return parsed.ok ? parsed.bytes.toString("hex") : parsed.message;
};

describe("a packet in hex", () => {
  it("takes any grouping, both cases, comments and repetitions", () => {
    expect(hex("000102030405060708090A0B0c0d")).toBe("000102030405060708090a0b0c0d");
    expect(hex("00:01:02:03:04:05 06-07-08-09-0a-0b\t0c0d")).toBe("000102030405060708090a0b0c0d");
    expect(hex(["00*12 # addresses", "", "# nothing here", "0800#type"])).toBe(`${"00".repeat(12)}0800`);
    expect(hex("00 *14")).toContain("is not pairs of hex digits");
    expect(hex("0001*7")).toBe("0001".repeat(7));
    expect(hex("00*12\n0800 # lines within a string")).toBe(`${"00".repeat(12)}0800`);
  });

  it("says which line is wrong", () => {
    expect(hex(["00*14", "0g"])).toBe('line 2: "0g" is not pairs of hex digits');
    expect(hex("000*14")).toBe('"000*14" is not pairs of hex digits');
    expect(hex("0x00")).toContain("is not pairs of hex digits");
  });

  it("has 14 to 65536 bytes", () => {
    expect(hex("")).toContain("0 bytes: the kernel runs a program on at least 14");
    expect(hex("00*13")).toContain("13 bytes: ");
    expect(hex("00*65536")).toHaveLength(2 * 65536);
    expect(hex("00*65537")).toBe("more than 65536 bytes");
    expect(hex("00*99999 00*99999")).toBe("more than 65536 bytes");
    expect(hex("00*0 00*14")).toHaveLength(28);
  });

  it("survives any text", () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.array(fc.string())), (text) => {
        const parsed = parsePacket(text);
        expect(parsed.ok ? parsed.bytes.length >= 14 : parsed.message !== "").toBe(true);
      }),
    );
  });
});

describe("two packets side by side", () => {
  it("shows only the rows that differ, and of the second only what differs", () => {
    const one = Buffer.alloc(40, 0xaa);
    const two = Buffer.from(one);
    two[20] = 1;
    expect(hexDifference(one, two)).toEqual([
      `0010  expected  ${"aa ".repeat(16).trim()}`,
      `      got       ${".. ".repeat(4)}01${" ..".repeat(11)}`,
    ]);
    expect(hexDifference(one, one)).toEqual([]);
  });

  it("marks what one of them lacks", () => {
    expect(hexDifference(Buffer.from([1, 2]), Buffer.from([1]))).toEqual([
      "0000  expected  01 02",
      "      got       .. --",
    ]);
    expect(hexDifference(Buffer.from([1]), Buffer.from([1, 2]))).toEqual([
      "0000  expected  01 --",
      "      got       .. 02",
    ]);
  });

  it("ends after some rows", () => {
    const lines = hexDifference(Buffer.alloc(1000), Buffer.alloc(1000, 1));
    expect(lines.at(-1)).toBe("and more");
    expect(lines).toHaveLength(17);
  });
});
