/** What is felt: from the key or click in the page to the frame that shows what it brought. */
import type { Page } from "@playwright/test";

/** Something that can be seen: an element of that selector with a text, or a field with a value, like this. */
export interface Seen {
  readonly selector: string;
  readonly text: RegExp;
}

interface Felt {
  /** ms from the last key or click to the frame */
  readonly time: number;
  /** ms of the longest frame between the first key or click and then */
  readonly frame: number;
}

interface FeltWindow {
  felt?: Promise<Felt>;
}

const patience = 20_000;

export async function felt(page: Page, act: () => Promise<void>, seen: readonly Seen[]): Promise<Felt> {
  const wanted = seen.map(({ selector, text }) => ({ selector, text: text.source }));
  await page.evaluate(
    ([list, most]) => {
      const patterns = list.map(({ selector, text }) => ({ selector, text: new RegExp(text) }));
      let [began, frame, before] = [0, 0, 0];
      const kinds = ["keydown", "pointerdown", "beforeinput"] as const;
      const heard = ({ type, timeStamp }: Event): void => {
        // typed keys bring both
        if (type === "beforeinput" && timeStamp - began < 5) return;
        began = timeStamp;
      };
      for (const kind of kinds) addEventListener(kind, heard, { capture: true });
      const isSeen = (): boolean =>
        patterns.every(({ selector, text }) =>
          [...document.querySelectorAll<HTMLElement>(selector)].some((element) => {
            const shown = element instanceof HTMLInputElement ? element.value : (element.textContent ?? "");
            return element.offsetParent !== null && text.test(shown);
          }),
        );
      (window as FeltWindow).felt = new Promise((resolve, reject) => {
        const look = (now: number): void => {
          if (before > 0 && began > 0) frame = Math.max(frame, now - before);
          before = now;
          const over = performance.now() - began > most && began > 0;
          if (began === 0 || (!isSeen() && !over)) {
            requestAnimationFrame(look);
            return;
          }
          for (const kind of kinds) removeEventListener(kind, heard, { capture: true });
          if (over)
            reject(new Error(`never seen: ${list.map(({ selector, text }) => `${selector} ${text}`).join(", ")}`));
          // what is in the page now is painted before the next task
          else setTimeout(() => resolve({ time: performance.now() - began, frame }));
        };
        requestAnimationFrame(look);
      });
      (window as FeltWindow).felt?.catch(() => undefined);
    },
    [wanted, patience] as const,
  );
  await act();
  const answer = await page.evaluate(() => (window as FeltWindow).felt);
  if (answer === undefined) throw new Error("the page was loaded anew");
  return answer;
}
