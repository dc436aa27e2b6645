/**
 * What has the focus is taken away by what it did (a strip that is dismissed, a button of a deadline that is over): the
 * focus goes back where it came from, else to Attach, never to nowhere.
 */
import { type FocusEvent, type RefObject, useEffect, useLayoutEffect, useRef } from "react";

export interface FocusBack {
  readonly onFocus: (event: FocusEvent) => void;
}

/**
 * @param around what may lose the focus, or go with it
 * @param leave the focus goes back also where nothing took it away, once this is true
 */
export function useFocusBack(around: RefObject<HTMLElement | null>, leave = false): FocusBack {
  const cameFrom = useRef<Element | null>(null);
  const entered = useRef(false);
  useEffect(() => {
    // who goes elsewhere, with the mouse also to nowhere, stays there
    const moved = ({ target }: Event): void => {
      if (target instanceof Node && around.current?.contains(target) !== true) entered.current = false;
    };
    for (const kind of ["focusin", "pointerdown"]) document.addEventListener(kind, moved, true);
    return () => {
      for (const kind of ["focusin", "pointerdown"]) document.removeEventListener(kind, moved, true);
    };
  }, [around]);
  // after every change of what is shown: what had the focus may be gone with it
  useLayoutEffect(() => {
    if (entered.current && isNowhere()) backTo(cameFrom.current);
  });
  useLayoutEffect(() => {
    if (leave && around.current?.contains(document.activeElement) === true) backTo(cameFrom.current);
  }, [leave, around]);
  useLayoutEffect(
    () => () => {
      // it is taken out of the document only after this
      if (entered.current) setTimeout(() => isNowhere() && backTo(cameFrom.current));
    },
    [],
  );
  return {
    onFocus({ relatedTarget }) {
      if (relatedTarget !== null && around.current?.contains(relatedTarget) !== true) cameFrom.current = relatedTarget;
      entered.current = true;
    },
  };
}

function isNowhere(): boolean {
  return document.activeElement === null || document.activeElement === document.body;
}

function backTo(place: Element | null): void {
  if (place instanceof HTMLElement && place.isConnected) place.focus();
  // it may be there and take none by now
  if (place === null || document.activeElement !== place)
    document.querySelector<HTMLElement>(".attach-button")?.focus();
}
