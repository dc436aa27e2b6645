import { Input, Label, TextField } from "react-aria-components";
import type { Browsing } from "./use-browsing.ts";

/** Where a path is typed, and why the folder cannot be looked into. */
export function PathField({ browsing: { path, setPath, field, failed } }: { readonly browsing: Browsing }) {
  return (
    <>
      <TextField className="field wide" value={path} onChange={setPath} autoFocus>
        <Label>Path</Label>
        <Input className="input mono" spellCheck={false} autoComplete="off" ref={field} />
      </TextField>
      {failed !== null && (
        <p className="bad-text" role="alert">
          {failed}
        </p>
      )}
    </>
  );
}
