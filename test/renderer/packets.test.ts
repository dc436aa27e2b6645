import { describe, expect, test } from "vitest";
import { differingRows } from "../../renderer/packets/hex-rows.ts";

describe("two packets, byte by byte", () => {
  const zeros = "00".repeat(40);

  test("alike: no rows", () => {
    expect(differingRows(zeros, zeros)).toEqual([]);
    expect(differingRows("", "")).toEqual([]);
  });

  test("only rows with a difference, and in them every byte", () => {
    const got = `${zeros.slice(0, 34)}ff${zeros.slice(36)}`;
    const rows = differingRows(zeros, got);
    expect(rows.map(({ offset }) => offset)).toEqual(["0010"]);
    expect(rows[0]?.bytes).toHaveLength(16);
    expect(rows[0]?.bytes[1]).toEqual({ expected: "00", got: "ff", differs: true });
    expect(rows[0]?.bytes.filter(({ differs }) => differs)).toHaveLength(1);
  });

  test("one that ends before the other", () => {
    const [row] = differingRows("0102", "010203");
    expect(row?.bytes.map(({ expected, got }) => `${expected}${got}`)).toEqual(["0101", "0202", "--03"]);
    expect(differingRows("00".repeat(16), "00".repeat(17)).map(({ offset }) => offset)).toEqual(["0010"]);
  });
});
