/** How values that JSON cannot carry travel: u64 as decimal strings, bytes as base64, many bytes beside the text. */
import * as z from "zod";

/** 0 … 2^64-1 in decimal (JSON.parse would turn 9007199254740993 into …992). */
export const u64 = z.string().regex(/^(0|[1-9]\d{0,19})$/);
/** 0 … 2^32-1 */
export const u32 = z.number().int().min(0).max(0xffff_ffff);
/** An interface, program, map or link id: never 0. */
export const id = z.number().int().min(1).max(0xffff_ffff);
export const base64 = z.string().regex(/^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/);
/**
 * Whole pages of a map, between main and helper alone: a field of the parameters or of the result itself, not of something in
 * it. See frames.ts.
 */
export const bytesBeside = z
  .custom<Uint8Array>((value) => value instanceof Uint8Array)
  .meta({ title: "bytes beside the message" });
/**
 * What the kernel allows (dev_valid_name, net/core/dev.c): IFNAMSIZ is 16 bytes with the NUL; not "." or "..", no slash,
 * no colon, none of ASCII's white space. Quotes, control characters and any other byte may be in it.
 */
export const interfaceName = z.string().regex(/^(?!\.{1,2}$)[^/:\0\t-\r ]{1,15}$/);
/** A file name under /run/netns, or `pid:N` for the namespace of a process; null is the workbench's own. */
export const netns = z
  .string()
  .regex(/^(?!\.{1,2}$)[^/\0]{1,255}$/)
  .nullable();
/** A C identifier as it stands in BTF and symbol tables. */
export const symbol = z.string().min(1).max(512);
/** An absolute path without NUL. */
export const path = z
  .string()
  .max(4096)
  .regex(/^\/[^\0]*$/);
/** A program that the kernel or clang would refuse anyway is not carried. */
export const sourceText = z.string().max(12 * 1024 * 1024);

/** No message is longer than this, in bytes of UTF-8; longer ones are refused before they are parsed. */
export const maximumMessageBytes = 32 * 1024 * 1024;
