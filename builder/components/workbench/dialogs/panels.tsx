import { lazy, type ReactElement } from "react";
import "./panels.css";
import "./beside.css";
import { ConsentDialog } from "../preview/consent_dialog";
import { PythonLimitsDialog } from "../preview/python_limits_dialog";
import { StoredDialog } from "../preview/stored_dialog";
import { persistently } from "../../client/http";
import { type Panel, useWorkbench } from "../session/context";
import ServersDialog from "$/components/servers/servers_dialog";
import { BudgetDialog } from "./budget_dialog";
import type { PaletteKind } from "../palette/palette";
import { RunDialog } from "./run_dialog";
import { DatabaseDialog } from "./database_dialog";
import { GitDialog } from "../git/git_dialog";
import { HostsDialog } from "./hosts_dialog";
import { PackagesDialog } from "../packages/packages_dialog";
import { SecretsDialog } from "../secrets/secrets_dialog";
import { ShareDialog } from "./share_dialog";
import { ShortcutsDialog } from "../chat/asking/shortcuts_dialog";
import { StepsDialog } from "./steps_dialog";
import { VersionsDialog } from "./versions_dialog";
import { WalksDialog } from "./walks_dialog";
import { ScanDialog } from "../sharing/scan_dialog";

const DoctorDialog = lazy(() => persistently(() => import("../doctor/doctor_dialog")));
const Palette = lazy(() => persistently(() => import("../palette/palette")));
const GraphDialog = lazy(() => persistently(() => import("../graph/graph_dialog")));
const ChangesDialog = lazy(() => persistently(() => import("../terminal/changes_dialog")));

/** The dialogs, in a chunk of their own: most visits open none. */
export default function Panels({ panel }: { panel: Exclude<Panel, null> }): ReactElement {
  if (panel === "versions") return <VersionsDialog />;
  if (panel === "share") return <ShareDialog />;
  if (panel === "run") return <RunDialog />;
  if (panel === "servers") return <Servers />;
  if (panel === "changes") return <ChangesDialog />;
  if (panel === "database") return <DatabaseDialog />;
  if (panel === "hosts") return <HostsDialog />;
  if (panel === "secrets") return <SecretsDialog />;
  if (panel === "doctor") return <DoctorDialog />;
  if (panel === "shortcuts") return <ShortcutsDialog />;
  if (panel === "packages") return <PackagesDialog />;
  if (panel === "budget") return <BudgetDialog />;
  if (panel === "steps") return <StepsDialog />;
  if (panel === "walks") return <WalksDialog />;
  if (panel === "files" || panel === "symbols" || panel === "commands") return <Finding kind={panel} />;
  if (panel === "scan") return <ScanDialog />;
  if (panel === "git") return <GitDialog />;
  if (panel === "graph") return <GraphDialog />;
  if (panel === "python") return <PythonLimitsDialog />;
  if (panel === "stored") return <StoredDialog />;
  return <ConsentDialog />;
}

function Finding({ kind }: { kind: PaletteKind }): ReactElement {
  const { setPanel } = useWorkbench();
  return <Palette key={kind} kind={kind} close={() => setPanel(null)} />;
}

function Servers(): ReactElement {
  const { store, setPanel } = useWorkbench();
  return <ServersDialog here={store.api.id} close={() => setPanel(null)} />;
}
