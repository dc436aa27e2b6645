import type { Build } from "../../protocol/build.ts";
import { CopyButton } from "../commands/copy-button.tsx";
import { shellWords } from "./shell-words.ts";
import { milliseconds } from "./sizes.ts";

/** How the object was built. */
export function BuildCommands({ build }: { readonly build: Build }): React.ReactNode {
  return (
    <section className="build-commands" aria-label="Build commands">
      {build.stages.map(({ name, argv, milliseconds: took, exit }) => {
        const command = shellWords(argv);
        return (
          <div key={name} className="stage">
            <p>
              <b>{name}</b>{" "}
              <span className="dim">
                {milliseconds(took)} · {exit === null ? "ended by a signal" : `exit ${exit}`}
              </span>
              <span className="grow" />
              <CopyButton text={command} of={`${name} command`} />
            </p>
            <pre tabIndex={0} aria-label={`${name} command`}>
              {command}
            </pre>
          </div>
        );
      })}
      {build.stages.length === 0 && <p className="empty">Nothing was run.</p>}
    </section>
  );
}
