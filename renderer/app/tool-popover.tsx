import { Popover } from "react-aria-components";

/** What opens below a button of the tool bar; a part of it also for who walks by landmarks. */
export function ToolPopover({
  className,
  children,
}: {
  readonly className: string;
  readonly children: React.ReactNode;
}): React.ReactNode {
  const bar = document.querySelector<HTMLElement>(".tool-bar");
  return (
    <Popover
      className={`popover ${className}`}
      placement="bottom start"
      {...(bar === null ? {} : { UNSTABLE_portalContainer: bar })}
    >
      {children}
    </Popover>
  );
}
