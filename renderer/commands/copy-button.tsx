import { useEffect, useState } from "react";
import { Button } from "react-aria-components";

export function CopyButton({ text, of }: { readonly text: string; readonly of: string }): React.ReactNode {
  const [copied, setCopied] = useState<"yes" | "no" | null>(null);
  useEffect(() => {
    if (copied === null) return;
    const timer = setTimeout(() => setCopied(null), 1500);
    return () => clearTimeout(timer);
  }, [copied]);
  const icon = copied === "yes" ? "codicon-check" : copied === "no" ? "codicon-warning" : "codicon-copy";
  return (
    <Button
      className="icon-button"
      aria-label={`Copy ${of}`}
      onPress={() => {
        copy(text).then(
          () => setCopied("yes"),
          () => setCopied("no"),
        );
      }}
    >
      <span className={`codicon ${icon}`} aria-hidden="true" />
      <span className="unseen" role="status">
        {copied === "yes" ? "copied" : copied === "no" ? "the browser does not let this page copy" : ""}
      </span>
    </Button>
  );
}

async function copy(text: string): Promise<void> {
  await navigator.clipboard.writeText(text);
}
