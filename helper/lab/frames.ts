/** Ethernet frames of the test traffic: whole, with every checksum right, and a marker to know them by. Pure. */
import type { TrafficParams } from "../../protocol/lab.ts";

export interface Endpoint {
  readonly mac: string;
  /** without prefix length */
  readonly ipv4: string;
}

export interface Traffic {
  readonly protocol: TrafficParams["protocol"];
  readonly from: Endpoint;
  readonly to: Endpoint;
  /** 16 bytes, new for each run */
  readonly marker: Buffer;
}

/** What to look for, as {@link NativeFace.countFrames} takes it. */
export type Pattern = readonly { readonly offset: number; readonly bytes: Buffer }[];

export const frameLength = 64;
/** so that sequence numbers and ports vary */
export const differentFrames = 256;

/** After Ethernet, IPv4 and ICMP or UDP (14 + 20 + 8), or after Ethernet and ARP (14 + 28): the same place in all. */
const markerOffset = 42;
const markerBytes = 16;
const etherIpv4 = 0x0800;
const etherArp = 0x0806;
/** discard (RFC 863) */
const discardPort = 9;

/** @returns frames of {@link frameLength} bytes, one after the other */
export function buildFrames(traffic: Traffic, howMany: number): Buffer {
  return Buffer.concat(Array.from({ length: howMany }, (_, index) => buildFrame(traffic, index)));
}

function buildFrame(traffic: Traffic, index: number): Buffer {
  const frame = Buffer.alloc(frameLength);
  ethernet(frame, traffic);
  traffic.marker.copy(frame, markerOffset, 0, markerBytes);
  switch (traffic.protocol) {
    case "arp":
      arpRequest(frame, traffic);
      return frame;
    case "icmp":
      ipv4(frame, traffic, 1, index);
      echoRequest(frame, index);
      return frame;
    case "udp":
      ipv4(frame, traffic, 17, index);
      udp(frame, index);
      return frame;
  }
}

/** What of ours reaches the destination. */
export function arrivingPattern({ marker }: Traffic): Pattern {
  return [{ offset: markerOffset, bytes: marker }];
}

/** What comes back to the sender; null where nothing is expected. An echo reply carries the marker, an ARP reply cannot. */
export function replyPattern(traffic: Traffic): Pattern | null {
  switch (traffic.protocol) {
    case "icmp":
      return [
        { offset: 12, bytes: Buffer.from([0x08, 0x00]) },
        { offset: 34, bytes: Buffer.from([0]) },
        { offset: markerOffset, bytes: traffic.marker },
      ];
    case "arp":
      return [
        { offset: 12, bytes: Buffer.from([0x08, 0x06]) },
        { offset: 20, bytes: Buffer.from([0, 2]) },
        { offset: 28, bytes: addressBytes(traffic.to.ipv4) },
        { offset: 38, bytes: addressBytes(traffic.from.ipv4) },
      ];
    case "udp":
      return null;
  }
}

function ethernet(frame: Buffer, { protocol, from, to }: Traffic): void {
  macBytes(to.mac).copy(frame, 0);
  macBytes(from.mac).copy(frame, 6);
  frame.writeUInt16BE(protocol === "arp" ? etherArp : etherIpv4, 12);
}

/** RFC 826: who has the target's address? The target's hardware address is what is asked for: zeros. */
function arpRequest(frame: Buffer, { from, to }: Traffic): void {
  frame.writeUInt16BE(1, 14);
  frame.writeUInt16BE(etherIpv4, 16);
  frame.writeUInt8(6, 18);
  frame.writeUInt8(4, 19);
  frame.writeUInt16BE(1, 20);
  macBytes(from.mac).copy(frame, 22);
  addressBytes(from.ipv4).copy(frame, 28);
  addressBytes(to.ipv4).copy(frame, 38);
}

/** RFC 791, without options */
function ipv4(frame: Buffer, { from, to }: Traffic, protocol: number, index: number): void {
  frame.writeUInt8(0x45, 14);
  frame.writeUInt16BE(frameLength - 14, 16);
  frame.writeUInt16BE(index, 18);
  frame.writeUInt8(64, 22);
  frame.writeUInt8(protocol, 23);
  addressBytes(from.ipv4).copy(frame, 26);
  addressBytes(to.ipv4).copy(frame, 30);
  frame.writeUInt16BE(checksum([frame.subarray(14, 34)]), 24);
}

/** RFC 792 */
function echoRequest(frame: Buffer, index: number): void {
  frame.writeUInt8(8, 34);
  frame.writeUInt16BE(0x7864, 38);
  frame.writeUInt16BE(index + 1, 40);
  frame.writeUInt16BE(checksum([frame.subarray(34)]), 36);
}

/** RFC 768: the sum covers a header of addresses, protocol and length before the datagram; 0 is sent as 0xffff */
function udp(frame: Buffer, index: number): void {
  const length = frameLength - 34;
  frame.writeUInt16BE(0xc000 + index, 34);
  frame.writeUInt16BE(discardPort, 36);
  frame.writeUInt16BE(length, 38);
  const pseudo = Buffer.from([...frame.subarray(26, 34), 0, 17, length >> 8, length & 0xff]);
  frame.writeUInt16BE(checksum([pseudo, frame.subarray(34)]) || 0xffff, 40);
}

/** RFC 1071; each part but the last has an even length */
export function checksum(parts: readonly Uint8Array[]): number {
  let sum = 0;
  for (const part of parts) {
    for (let index = 0; index < part.length; index += 2) sum += ((part[index] ?? 0) << 8) | (part[index + 1] ?? 0);
  }
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16);
  return ~sum & 0xffff;
}

function macBytes(mac: string): Buffer {
  return Buffer.from(mac.replaceAll(":", ""), "hex");
}

function addressBytes(address: string): Buffer {
  return Buffer.from(address.split(".").map(Number));
}
