/** What can be done with a map and a file. */
export type Deed = "export" | "snapshot" | "import" | "restore" | "compare";

export const deedTitle: Readonly<Record<Deed, string>> = {
  export: "Export",
  snapshot: "Keep a snapshot",
  import: "Import",
  restore: "Restore",
  compare: "Compare",
};

export function isWriting(deed: Deed): boolean {
  return deed === "import" || deed === "restore";
}

/** The last part of a path. */
export function fileName(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1);
}
