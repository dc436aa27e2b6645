/** A typed path and the folder that is looked into, with what is in it: of the boxes that open files and folders. */
import { useEffect, useRef, useState } from "react";
import type { Directory } from "../../protocol/source.ts";
import { wordsOf } from "../session/failure-words.ts";
import { useApp } from "../session/use-app.tsx";

export interface Browsing {
  readonly folder: string;
  readonly path: string;
  readonly setPath: (path: string) => void;
  /** of `folder`; empty until it is read */
  readonly entries: Directory["entries"];
  readonly failed: string | null;
  /** goes into a folder, and gives the field the focus */
  readonly look: (folder: string) => void;
  readonly field: React.RefObject<HTMLInputElement | null>;
}

/** `name`: of a file in `start` that is proposed */
export function useBrowsing(start: string, name = ""): Browsing {
  const app = useApp();
  const [folder, setFolder] = useState(start);
  const [path, setPath] = useState(withSlash(start) + name);
  const [listing, setListing] = useState<Directory | null>(null);
  const [failed, setFailed] = useState<string | null>(null);
  const field = useRef<HTMLInputElement>(null);
  useEffect(() => {
    let ended = false;
    app.request("source.list", { path: folder }).then(
      (found) => {
        if (ended) return;
        setListing({ ...found, path: folder });
        setFailed(null);
      },
      (error: unknown) => {
        if (!ended) setFailed(wordsOf(error)?.title ?? null);
      },
    );
    return () => {
      ended = true;
    };
  }, [app, folder]);
  const look = (to: string): void => {
    setFolder(to);
    setPath(withSlash(to));
    field.current?.focus();
  };
  return { folder, path, setPath, entries: listing?.path === folder ? listing.entries : [], failed, look, field };
}

function withSlash(folder: string): string {
  return folder.endsWith("/") ? folder : `${folder}/`;
}
