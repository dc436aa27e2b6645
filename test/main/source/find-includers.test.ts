import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { findIncluders } from "../../../main/source/find-includers.ts";
import { temporaryFolder } from "./temporary-folder.ts";

test("finds who includes a header: directly, through others, by a folder of the flags, in unsaved text", async () => {
  const folder = temporaryFolder();
  const put = (name: string, text: string) => {
    const path = join(folder, name);
    mkdirSync(join(path, ".."), { recursive: true });
    writeFileSync(path, text);
    return path;
  };
  const header = put("common/parse.h", "#pragma once\n");
  put("common/all.h", '#include "parse.h"\n');
  put("common/round.h", '#include "again.h"\n');
  put("common/again.h", '#include "round.h"\n');
  symlinkSync(join(folder, "common"), join(folder, "linked"));
  const at = (path: string, text: string | null = null) => ({ path, text });
  const direct = put("one/a.c", '  #  include "../common/parse.h" // its own\n');
  const through = put("one/b.c", '#include <linux/bpf.h>\n#include "../linked/all.h"\n');
  const byFlags = put("one/c.c", "#include <all.h>\n");
  const unsaved = put("one/d.c", "");
  const none = put("one/e.c", '// #include "../common/parse.h"\n#include "../common/round.h"\n');
  const gone = join(folder, "gone.c");
  const candidates = [
    at(direct),
    at(through),
    at(byFlags),
    at(unsaved, '#include "../common/parse.h"'),
    at(none),
    at(gone),
  ];
  const flagsOf = (path: string) =>
    path === byFlags ? Promise.resolve(["-O2", "-I", join(folder, "common")]) : Promise.reject(new Error("no flags"));
  expect(await findIncluders(header, candidates, flagsOf)).toEqual([direct, through, byFlags, unsaved]);
  const joined = () => Promise.resolve([`-I${join(folder, "common")}`]);
  expect(await findIncluders(header, [at(byFlags)], joined)).toEqual([byFlags]);
  expect(await findIncluders(join(folder, "common/none.h"), candidates, flagsOf)).toEqual([]);
});
