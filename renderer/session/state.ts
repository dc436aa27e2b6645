/** Everything that the window shows, in one value. Texts being edited live in the editor's models, not here. */
import type { OurAttachment } from "../../protocol/attach.ts";
import type { InterfaceDetails } from "../../protocol/interface-details.ts";
import type { InterfaceListing, Place, WantedMode } from "../../protocol/interfaces.ts";
import type { LabStatus, Traffic, TrafficParams } from "../../protocol/lab.ts";
import type { LanguageState } from "../../protocol/language.ts";
import type { MapShown } from "../../protocol/manage-maps.ts";
import type { MapListed } from "../../protocol/maps.ts";
import type { ProgramListed } from "../../protocol/programs.ts";
import type { RedirectsState } from "../../protocol/redirects.ts";
import type { Command, HelperState, Session } from "../../protocol/session.ts";
import type { Template } from "../../protocol/source.ts";
import type { AttachTrouble } from "../attach/attach-trouble.ts";
import { type CodeView, rememberedCodeView } from "../code/code-views.ts";
import type { ThemeChoice } from "../app/theme.ts";
import type { ConnectionState } from "../connection/connection.ts";
import type { OpenSource } from "../editor/open-sources.ts";
import { type Deadline, off } from "../guard/deadline.ts";
import type { GuardView } from "../guard/guard-views.ts";
import type { MapTab, MapView } from "../maps/map-view.ts";
import type { RowsView } from "../maps/rows-view.ts";
import type { PacketRun } from "../packets/packet-runs.ts";
import type { PreflightView } from "../preflight/ask-preflight.ts";
import { defaultSettings, type Settings } from "../../protocol/settings.ts";
import { type LoadSets, readLoadSets } from "../reload/load-sets.ts";
import type { StagedMap } from "../staged/staged-map.ts";
import type { Search } from "../workspace/search-workspace.ts";
import { noWorkspace, type WorkspaceView } from "../workspace/workspace-view.ts";
import type { Dialog } from "./dialog.ts";
import type { Notice } from "./notices.ts";
import type { Question } from "./ask.ts";
import { readSetting } from "./settings.ts";
import type { Work } from "./work.ts";

export interface TrafficRun {
  readonly at: number;
  readonly params: TrafficParams;
  /** null while it runs */
  readonly result: Traffic | null;
  readonly failed: string | null;
}

export interface SessionState {
  readonly connection: ConnectionState;
  readonly session: Session | null;
  readonly helper: HelperState | null;
  /** null until main tells of it */
  readonly language: LanguageState | null;
  readonly templates: readonly Template[];

  readonly workspace: WorkspaceView;
  readonly search: Search | null;
  /** how often the search's field was asked for: each time it takes the focus */
  readonly searchAsked: number;
  readonly settings: Settings;
  /** of settings.json; null until main told it */
  readonly settingsPath: string | null;

  readonly sources: readonly OpenSource[];
  /** path of the source that Verify and Attach mean */
  readonly active: string | null;
  /** of the XDP programs in it, the one to attach; null where it has only one */
  readonly program: string | null;
  readonly cursor: { readonly line: number; readonly column: number } | null;

  readonly interfaces: InterfaceListing | null;
  /** how often main told that some interface changed: what shows one in full asks again */
  readonly interfacesHeard: number;
  readonly place: Place | null;
  /** what Attach means beside it */
  readonly alsoPlaces: readonly Place[];
  readonly details: InterfaceDetails | null;
  readonly mode: WantedMode;
  /** what stands in the way there; null before anybody looked */
  readonly preflight: PreflightView | null;
  /** as the user chose it for this attach; null: as the pre-flight proposes */
  readonly deadline: Deadline | null;
  /** those that run, and those that ended and were not dismissed */
  readonly guards: readonly GuardView[];
  /** what of ours is attached, with its source; null until it was asked for */
  readonly ours: readonly OurAttachment[] | null;
  /** the last attach or detach that failed, until it is dismissed or tried again */
  readonly attachTrouble: AttachTrouble | null;

  /** what the user set for the loads of each source, by path */
  readonly loadSets: LoadSets;

  readonly programs: readonly ProgramListed[] | null;
  readonly maps: readonly MapListed[] | null;
  /** with who holds them; null before anybody looked */
  readonly overview: readonly MapShown[] | null;
  /** why that is not known */
  readonly overviewFailed: string | null;
  readonly mapTabs: readonly MapTab[];
  /** of sections of variables */
  readonly mapViews: ReadonlyMap<number, MapView>;
  /** edits that are not in their maps yet, by map id */
  readonly staged: ReadonlyMap<number, StagedMap>;
  /** of changes of maps */
  readonly changeDeadline: Deadline;
  /** of all other maps */
  readonly rowViews: ReadonlyMap<number, RowsView>;

  readonly lab: LabStatus | null;
  /** what is being done to the lab right now, and how far it is */
  readonly labWork: string | null;
  readonly traffic: readonly TrafficRun[];
  /** what became of redirects, while somebody looks; null before the first answer */
  readonly redirects: RedirectsState | null;
  /** why they are counted no more */
  readonly redirectsGone: string | null;
  readonly commands: readonly Command[];

  /** packet tests: the last run of each folder */
  readonly packetRuns: ReadonlyMap<string, PacketRun>;
  /** what takes a while and can be stopped, the newest last */
  readonly works: readonly Work[];
  /** what is being attached or detached right now */
  readonly attaching: "attach" | "detach" | null;
  /** a verdict on the unsaved text when typing pauses */
  readonly verifyWhileTyping: boolean;
  readonly notices: readonly Notice[];
  readonly question: Question | null;
  readonly dialog: Dialog | null;
  readonly opening: boolean;
  readonly sidebar: boolean;
  /** of the Code tab */
  readonly codeView: CodeView;
  readonly theme: ThemeChoice;
}

export const initialState: SessionState = {
  connection: { state: "connecting" },
  session: null,
  helper: null,
  language: null,
  templates: [],
  workspace: noWorkspace,
  search: null,
  searchAsked: 0,
  settings: defaultSettings,
  settingsPath: null,
  sources: [],
  active: null,
  program: null,
  cursor: null,
  interfaces: null,
  interfacesHeard: 0,
  place: null,
  alsoPlaces: [],
  details: null,
  mode: "auto",
  preflight: null,
  deadline: null,
  guards: [],
  ours: null,
  attachTrouble: null,
  loadSets: readLoadSets(),
  programs: null,
  maps: null,
  overview: null,
  overviewFailed: null,
  mapTabs: [],
  mapViews: new Map(),
  staged: new Map(),
  changeDeadline: off,
  rowViews: new Map(),
  lab: null,
  labWork: null,
  traffic: [],
  redirects: null,
  redirectsGone: null,
  commands: [],
  packetRuns: new Map(),
  works: [],
  attaching: null,
  verifyWhileTyping: readSetting("verifyWhileTyping") !== "off",
  notices: [],
  question: null,
  dialog: null,
  opening: false,
  sidebar: true,
  codeView: rememberedCodeView(),
  theme: "system",
};
