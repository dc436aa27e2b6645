import type { MapDescription } from "../../../protocol/maps.ts";
import { btfType, readBtf } from "../../object/read-btf.ts";
import { resolveBtfType } from "../../object/resolve-btf.ts";

/**
 * Whether the map's values hold a bpf_spin_lock, which only a member of the outermost struct can be (btf_find_spin_lock,
 * kernel/bpf/btf.c). With BPF_F_LOCK no reader sees half of a value, and no writer's half is lost.
 */
export function hasSpinLock({ btf, map }: MapDescription): boolean {
  if (btf === null || map.btfValueTypeId === 0) return false;
  const decoded = readBtf(Buffer.from(btf, "base64"));
  if (!decoded.ok) return false;
  const { type } = resolveBtfType(decoded.btf, map.btfValueTypeId);
  if (type.kind !== "struct") return false;
  return type.members.some(({ type: id }) => {
    const member = btfType(decoded.btf, id);
    return member.kind === "struct" && member.name === "bpf_spin_lock";
  });
}
