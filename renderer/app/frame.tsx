import { useSession } from "../session/use-app.tsx";
import { DetachAllDialog } from "../attach/detach-all-dialog.tsx";
import { TroubleStrip } from "../attach/trouble-strip.tsx";
import { OpenDialog } from "../editor/open-dialog.tsx";
import { GuardBars } from "../guard/guard-bars.tsx";
import { NewMapDialog } from "../machine-maps/new-map-dialog.tsx";
import { Palette } from "../palette/palette.tsx";
import { PreflightDialog } from "../preflight/preflight-dialog.tsx";
import { LoadDialog } from "../reload/load-dialog.tsx";
import { ReloadDialog } from "../reload/reload-dialog.tsx";
import { JournalDialog } from "../staged/journal-dialog.tsx";
import { NewFromTemplateDialog } from "../templates/new-from-template-dialog.tsx";
import { FolderDialog } from "../workspace/folder-dialog.tsx";
import { NamingDialog } from "../workspace/naming-dialog.tsx";
import { Banners } from "./banners.tsx";
import { Lists } from "./lists.tsx";
import { MenuBar } from "./menu-bar.tsx";
import { Notices } from "./notices.tsx";
import { PanelLayout } from "./panel-layout.tsx";
import { QuestionDialog } from "./question-dialog.tsx";
import { StatusBar } from "./status-bar.tsx";
import { ToolBar } from "./tool-bar.tsx";

export function Frame(): React.ReactNode {
  const sidebar = useSession((state) => state.sidebar);
  return (
    <div className="frame">
      <MenuBar />
      <ToolBar />
      <div className="below-tools">
        <Banners />
        <GuardBars />
        <TroubleStrip />
      </div>
      <main className={sidebar ? "middle" : "middle without-lists"}>
        {sidebar && <Lists />}
        <PanelLayout />
      </main>
      <Notices />
      <StatusBar />
      <QuestionDialog />
      <OpenDialog />
      <FolderDialog />
      <NewMapDialog />
      <NamingDialog />
      <NewFromTemplateDialog />
      <ReloadDialog />
      <JournalDialog />
      <LoadDialog />
      <PreflightDialog />
      <DetachAllDialog />
      <Palette />
    </div>
  );
}
