/**
 * A decoded type of the BPF Type Format (Documentation/bpf/btf.rst). `type` fields are type ids: 0 is void.
 * Offsets and sizes are bytes unless named bit…; they are as the file says and checked by nobody yet.
 */
export type BtfType =
  | { readonly id: number; readonly kind: "void" }
  | BtfInt
  | { readonly id: number; readonly kind: "pointer"; readonly type: number }
  | {
      readonly id: number;
      readonly kind: "array";
      readonly type: number;
      readonly indexType: number;
      readonly length: number;
    }
  | BtfComposite
  | BtfEnum
  | { readonly id: number; readonly kind: "forward"; readonly name: string; readonly isUnion: boolean }
  | BtfAlias
  | {
      readonly id: number;
      readonly kind: "function";
      readonly name: string;
      readonly type: number;
      readonly linkage: number;
    }
  | {
      readonly id: number;
      readonly kind: "prototype";
      readonly type: number;
      readonly parameters: readonly BtfParameter[];
    }
  | {
      readonly id: number;
      readonly kind: "variable";
      readonly name: string;
      readonly type: number;
      readonly linkage: number;
    }
  | BtfDataSection
  | { readonly id: number; readonly kind: "float"; readonly name: string; readonly size: number }
  | {
      readonly id: number;
      readonly kind: "declTag";
      readonly name: string;
      readonly type: number;
      /** The member or parameter that the tag is on; -1 for the declaration itself. */
      readonly componentIndex: number;
    };

export interface BtfInt {
  readonly id: number;
  readonly kind: "int";
  readonly name: string;
  readonly size: number;
  readonly bitOffset: number;
  readonly bits: number;
  readonly signed: boolean;
  readonly char: boolean;
  readonly bool: boolean;
}

export interface BtfComposite {
  readonly id: number;
  readonly kind: "struct" | "union";
  readonly name: string;
  readonly size: number;
  readonly members: readonly BtfMember[];
}

export interface BtfMember {
  readonly name: string;
  readonly type: number;
  readonly bitOffset: number;
  /** 0 where the member is no bit field. */
  readonly bitSize: number;
}

export interface BtfEnum {
  readonly id: number;
  readonly kind: "enum" | "enum64";
  readonly name: string;
  readonly size: number;
  readonly signed: boolean;
  readonly values: readonly { readonly name: string; readonly value: bigint }[];
}

/** The kinds that add a name or a qualifier to another type. */
export interface BtfAlias {
  readonly id: number;
  readonly kind: "typedef" | "volatile" | "const" | "restrict" | "typeTag";
  readonly name: string;
  readonly type: number;
}

export interface BtfParameter {
  readonly name: string;
  readonly type: number;
}

export interface BtfDataSection {
  readonly id: number;
  readonly kind: "dataSection";
  readonly name: string;
  readonly size: number;
  readonly variables: readonly { readonly type: number; readonly offset: number; readonly size: number }[];
}
