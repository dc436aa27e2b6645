import { Button } from "react-aria-components";
import type { LanguageState } from "../../../protocol/language.ts";
import { useApp, useSession } from "../../session/use-app.tsx";

/** What clangd is up to, in the status bar. */
export function LanguageLine(): React.ReactNode {
  const app = useApp();
  const language = useSession((state) => state.language);
  if (language === null || language.state === "off") return null;
  return (
    <>
      <span role="status" aria-label="Language server" title={language.note}>
        {languageWords(language)}
      </span>
      {(language.state === "failed" || language.state === "missing") && (
        <Button className="link-button" onPress={() => void app.request("language.restart", {}).catch(() => undefined)}>
          {language.state === "missing" ? "Look again" : "Start again"}
        </Button>
      )}
    </>
  );
}

export function languageWords({ state, version }: LanguageState): string {
  switch (state) {
    case "ready":
      return `clangd ${version}`.trim();
    case "starting":
      return "clangd starting…";
    case "restarting":
      return "clangd restarting…";
    case "failed":
      return "clangd stopped";
    case "missing":
      return "clangd not installed";
    default:
      return "";
  }
}
