import { useEffect, useRef, useState } from "react";
import { Button } from "react-aria-components";
import type { RowsPicture } from "../../protocol/tree.ts";
import type { RowsView } from "../maps/rows-view.ts";
import { useApp } from "../session/use-app.tsx";
import { count } from "../verify/sizes.ts";

const blocksShown = 256;
const wide = 32;

interface AddressPictureProps {
  readonly view: RowsView;
  /** goes to the first entry of a block */
  readonly onBlock: (prefix: string) => void;
}

type Block = RowsPicture["blocks"][number];

/** A part of the address space in 256 blocks: how much of each has an entry of its own. */
export function AddressPicture({ view, onBlock }: AddressPictureProps): React.ReactNode {
  const app = useApp();
  const { id, version, tree } = view.state;
  const [asked, setAsked] = useState<string | null>(null);
  const [picture, setPicture] = useState<RowsPicture | null>(null);
  const [chosen, setAt] = useState<number | null>(null);
  const [over, setOver] = useState<number | null>(null);
  const cells = useRef<HTMLDivElement>(null);
  const isOpen = tree !== null;
  useEffect(() => {
    if (!isOpen) return undefined;
    let wanted = true;
    app.request("rows.picture", { id, scope: asked }).then(
      (next) => wanted && setPicture(next),
      // a table that is gone says so itself
      () => undefined,
    );
    return () => {
      wanted = false;
    };
  }, [app, id, version, asked, isOpen]);
  if (picture === null) return null;
  const { scope, up, behind, blocks } = picture;
  const at =
    chosen ??
    Math.max(
      0,
      blocks.findIndex(({ share }) => share > 0),
    );
  const bits = view.face.prefixes?.bits ?? 32;
  const canEnter = (block: Block): boolean => block.entries > 0 && Number(block.prefix.split("/")[1]) + 8 <= bits;
  const enter = (index: number): void => {
    const block = blocks[index];
    if (block === undefined) return;
    setAt(index);
    onBlock(block.prefix);
    if (canEnter(block)) setAsked(block.prefix);
  };
  const move = (to: number): void => {
    if (to < 0 || to >= blocks.length) return;
    setAt(to);
    cells.current?.querySelectorAll<HTMLElement>("[role=gridcell]")[to]?.focus();
  };
  const onKeyDown = (event: React.KeyboardEvent): void => {
    const steps: Readonly<Record<string, number>> = {
      ArrowLeft: at - 1,
      ArrowRight: at + 1,
      ArrowUp: at - wide,
      ArrowDown: at + wide,
      Home: at - (at % wide),
      End: at - (at % wide) + wide - 1,
    };
    const to = steps[event.key];
    if (to !== undefined) move(to);
    else if (event.key === "Enter" || event.key === " ") enter(at);
    else if (event.key === "Backspace" && up !== null) setAsked(up);
    else return;
    event.preventDefault();
  };
  const told = blocks[over ?? at];
  return (
    <section className="address-picture" aria-label="Address space">
      <div className="picture-head">
        <h3>Address space</h3>
        <span className="mono cut">{scope}</span>
        <span className="grow" />
        <Button
          className="icon-button"
          aria-label="A part further out"
          isDisabled={up === null}
          onPress={() => setAsked(up)}
        >
          <span className="codicon codicon-zoom-out" aria-hidden="true" />
        </Button>
      </div>
      <div
        role="grid"
        aria-label={`${scope} in 256 blocks`}
        className={behind === null ? "picture-blocks" : "picture-blocks behind"}
        ref={cells}
        onKeyDown={onKeyDown}
        onMouseLeave={() => setOver(null)}
      >
        {Array.from({ length: blocksShown / wide }, (_, row) => (
          <div role="row" key={row} className="picture-row">
            {blocks.slice(row * wide, (row + 1) * wide).map((block, column) => {
              const index = row * wide + column;
              return (
                <div
                  role="gridcell"
                  key={column}
                  tabIndex={index === at ? 0 : -1}
                  aria-label={sayBlock(block, behind)}
                  className="picture-block"
                  style={{ "--full": `${shade(block.share)}%` } as React.CSSProperties}
                  onFocus={() => setAt(index)}
                  onMouseEnter={() => setOver(index)}
                  onClick={() => enter(index)}
                />
              );
            })}
          </div>
        ))}
      </div>
      <p className="picture-told" aria-hidden="true">
        {told === undefined ? "" : sayBlock(told, behind)}
      </p>
      <p className="dim">{behind === null ? "What is blank has no entry." : `${behind} answers for what is blank.`}</p>
    </section>
  );
}

function sayBlock({ prefix, share, entries }: Block, behind: string | null): string {
  if (share === 0) return `${prefix}: ${behind === null ? "no entry" : `as ${behind}`}`;
  const whole = share === 1 ? "all covered" : `${sayShare(share)} covered`;
  return `${prefix}: ${whole}${entries === 0 ? "" : `, ${count(entries)} ${entries === 1 ? "entry" : "entries"} in it`}`;
}

function sayShare(share: number): string {
  const percent = share * 100;
  if (percent >= 99.95) return "nearly all";
  if (percent >= 0.1) return `${percent.toFixed(percent < 10 ? 1 : 0)} %`;
  return `1 in ${count(Math.round(1 / share))}`;
}

/** Per cent of ink: by orders of magnitude, so that a single /24 of a /8 is seen. */
function shade(share: number): number {
  if (share === 0) return 0;
  return share === 1 ? 100 : Math.round(Math.max(22, 82 + Math.log2(share) * 2.6));
}
