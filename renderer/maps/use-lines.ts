/**
 * Lines of one height in a scrolling box, however many: beyond what an element may be high in a browser (Chromium cuts at
 * 33,554,428 px) the bar's position stands for one further down, and the wheel moves by lines as ever.
 */
import { type RefObject, useCallback, useEffect, useLayoutEffect, useRef, useState } from "react";

const highest = 16_000_000;
const overscan = 8;

export interface Lines {
  /** those to draw, last exclusive */
  readonly first: number;
  readonly last: number;
  /** px of the element that is scrolled */
  readonly height: number;
  /** lines that fit */
  readonly page: number;
  /** px from the element's top */
  topOf(line: number): number;
  /** as little as it takes to see it */
  scrollTo(line: number): void;
}

export function useLines(
  box: RefObject<HTMLElement | null>,
  count: number,
  lineHeight: number,
  headHeight: number,
): Lines {
  const [at, setAt] = useState({ top: 0, scroll: 0, view: 600 });
  const exact = useRef(0);
  const whole = count * lineHeight;
  const height = Math.min(whole, highest);
  const ratio = useRef(1);
  const { view } = at;
  const faster = whole > height ? (whole - view) / Math.max(1, height - view) : 1;
  useLayoutEffect(() => {
    ratio.current = faster;
  }, [faster]);

  const settle = useCallback(() => {
    const element = box.current;
    if (element === null) return;
    const { scrollTop, clientHeight } = element;
    // what we set ourselves comes back rounded
    if (Math.abs(exact.current / ratio.current - scrollTop) > 1) exact.current = scrollTop * ratio.current;
    const next = { top: exact.current, scroll: scrollTop, view: Math.max(lineHeight, clientHeight - headHeight) };
    setAt((now) => (now.top === next.top && now.scroll === next.scroll && now.view === next.view ? now : next));
  }, [box, lineHeight, headHeight]);

  const move = useCallback(
    (to: number) => {
      const element = box.current;
      if (element === null) return;
      exact.current = Math.max(0, to);
      element.scrollTo({ top: exact.current / ratio.current });
      settle();
    },
    [box, settle],
  );

  useEffect(() => {
    const element = box.current;
    if (element === null) return undefined;
    const wheel = (event: WheelEvent): void => {
      if (ratio.current === 1 || event.deltaY === 0 || event.ctrlKey) return;
      event.preventDefault();
      move(exact.current + (event.deltaMode === 1 ? event.deltaY * lineHeight : event.deltaY));
    };
    const sizes = new ResizeObserver(settle);
    sizes.observe(element);
    element.addEventListener("scroll", settle, { passive: true });
    element.addEventListener("wheel", wheel, { passive: false });
    return () => {
      sizes.disconnect();
      element.removeEventListener("scroll", settle);
      element.removeEventListener("wheel", wheel);
    };
  }, [box, settle, move, lineHeight]);
  // fewer lines than before: the browser moves the box without an event
  useLayoutEffect(settle, [settle, count]);

  const page = Math.max(1, Math.floor(view / lineHeight));
  const first = Math.max(0, Math.floor(at.top / lineHeight) - overscan);
  return {
    first,
    last: Math.min(count, first + page + 2 * overscan + 1),
    height,
    page,
    topOf: (line) => line * lineHeight - at.top + at.scroll,
    scrollTo(line) {
      const top = line * lineHeight;
      if (top < exact.current) move(top);
      else if (top + lineHeight > exact.current + view) move(top + lineHeight - view);
    },
  };
}
