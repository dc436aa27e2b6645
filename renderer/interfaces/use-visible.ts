import { useEffect, useState, type RefObject } from "react";

/** Whether any of it can be seen: not behind another tab, and not in a hidden window. */
export function useVisible(of: RefObject<HTMLElement | null>): boolean {
  const [inView, setInView] = useState(false);
  const [shown, setShown] = useState(document.visibilityState === "visible");
  useEffect(() => {
    const look = (): void => setShown(document.visibilityState === "visible");
    document.addEventListener("visibilitychange", look);
    const observer = new IntersectionObserver((entries) =>
      setInView(entries.some(({ isIntersecting }) => isIntersecting)),
    );
    if (of.current !== null) observer.observe(of.current);
    return () => {
      document.removeEventListener("visibilitychange", look);
      observer.disconnect();
    };
  }, [of]);
  return inView && shown;
}
