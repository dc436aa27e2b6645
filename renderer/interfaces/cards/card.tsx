import type { Answer } from "../../../protocol/interface-details.ts";

/** One part of an interface's page. `command`: what shows the same in a terminal. */
export function Card({
  title,
  command,
  wide = false,
  children,
}: {
  readonly title: string;
  readonly command?: string;
  readonly wide?: boolean | "whole";
  readonly children: React.ReactNode;
}): React.ReactNode {
  return (
    <section className={wide === false ? "card" : wide === true ? "card wide" : "card whole"} aria-label={title}>
      <h2>
        {title} {command !== undefined && <span className="dim mono">{command}</span>}
      </h2>
      {children}
    </section>
  );
}

/** What the driver answered, or why it did not: never an error without words, never a blank. */
export function Answered<T>({
  of,
  children,
}: {
  readonly of: Answer<T>;
  readonly children: (value: T) => React.ReactNode;
}): React.ReactNode {
  if (of.is === "known") return children(of.value);
  return of.is === "not-supported" ? (
    <p className="mid">{sentence(of.why)}</p>
  ) : (
    <p className="bad-text">The driver refused: {of.why}</p>
  );
}

export function Pair({
  name,
  children,
}: {
  readonly name: string;
  readonly children: React.ReactNode;
}): React.ReactNode {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children === "" || children === null ? <span className="dim">none</span> : children}</dd>
    </div>
  );
}

export function sentence(text: string): string {
  return `${text.slice(0, 1).toUpperCase()}${text.slice(1)}`;
}
