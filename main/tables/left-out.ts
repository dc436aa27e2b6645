/** Which fields of a new entry need not be typed: they begin with zeros. */
import { counts } from "./column-bits.ts";
import type { Layout, LayoutNode } from "./layout.ts";

/** Given a field with its path. */
export type LeftOut = (path: string, node: LayoutNode) => boolean;

export const nothingLeftOut: LeftOut = () => false;

const padding = /^_*(pad|padd|padding|reserved|resv|rsvd|unused)_?\d*$/i;
/** The kernel does not copy what these hold (copy_map_value, include/linux/bpf.h). */
const kernelsOwn = /^struct bpf_(spin_lock|res_spin_lock|timer|wq|list_head|rb_root|refcount)$/;
const ownFields = /(^|[._])(spin_?)?lock\.val$|\.__opaque(\[\d+\])?$/i;

/** What nobody gives a meaning to, by its name, or what the kernel keeps for itself: in keys and values alike. */
export const isPadding: LeftOut = (path, node) => {
  const name = path.replace(/\[\d+\]/g, "");
  return padding.test(name.slice(name.lastIndexOf(".") + 1)) || ownFields.test(path) || kernelsOwn.test(node.type);
};

const beginsAtZero: LeftOut = (path, node) => isPadding(path, node) || counts({ path, node, offset: 0 });

/** Of a value also what programs count in; but where it is counts alone, nothing else would say what is meant. */
export function leftOutOf(value: Layout): LeftOut {
  return value.columns.every(({ path, node }) => beginsAtZero(path, node)) ? isPadding : beginsAtZero;
}
