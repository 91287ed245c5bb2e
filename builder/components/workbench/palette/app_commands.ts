import { t } from "./texts";
import { t as tw } from "../../client/workbench_texts";
import { redo, save, undo } from "../controls/shortcuts";
import { useProject, useTabs, useWorkbench } from "../session/context";
import { activeGeneration, canUndo, headVersion } from "../store/state";
import { type Command, offered } from "./commands";

const MAC = /Mac|iP/.test(navigator.platform);
const keys = (text: string): string => (MAC ? text.replace("Ctrl+", "⌘").replace("Shift+", "⇧") : text);

/** What the app can do at this moment, and after that what the open parts of the page add to it. */
export function useCommands(): Command[] {
  const workbench = useWorkbench();
  const state = useProject();
  const tabs = useTabs();
  const { preview, show, setPanel, store, toast, attempt } = workbench;
  const busy = activeGeneration(state) !== null;
  const hasVersion = headVersion(state) !== null;
  const some = (is: boolean, ...all: Command[]): Command[] => (is ? all : []);
  const duplicate = async (): Promise<void> => {
    await store.flush();
    const copy = await store.api.duplicate();
    location.assign(`/p/${copy.project.id}`);
  };
  return [
    ...some(state.dirty.size > 0 && !busy, { label: t("palette.save"), keys: keys("Ctrl+S"), run: () => save(workbench) }),
    ...some(canUndo(state) && !busy, { label: tw("workbench.undo"), run: () => undo(workbench) }),
    ...some((state.project?.can_redo ?? false) && !busy, { label: tw("workbench.redo"), run: () => redo(workbench) }),
    { label: t("palette.go_to_file"), keys: keys("Ctrl+P"), run: () => setPanel("files") },
    { label: t("palette.go_to_symbol"), keys: keys("Ctrl+Shift+O"), run: () => setPanel("symbols") },
    ...tabs.map((tab) => ({ label: t("palette.show", { tab: tw(`workbench.tab.${tab}`) }), run: () => show(tab) })),
    { label: t("palette.ask"), run: () => document.querySelector<HTMLElement>(".wb-chat textarea")?.focus() },
    { label: tw("workbench.preview.reload"), run: () => preview.reload() },
    { label: t("palette.restart"), run: () => preview.restart() },
    ...some(hasVersion, { label: tw("workbench.versions.title"), run: () => setPanel("versions") }, { label: tw("workbench.share"), run: () => setPanel("share") }),
    { label: t("palette.walks"), run: () => setPanel("walks") },
    { label: t("palette.scan"), run: () => setPanel("scan") },
    ...some(state.engines?.no_server === null, { label: tw("workbench.project.run"), run: () => setPanel("run") }),
    { label: tw("workbench.project.graph"), run: () => setPanel("graph") },
    { label: tw("workbench.project.database"), run: () => setPanel("database") },
    { label: tw("workbench.project.hosts"), run: () => setPanel("hosts") },
    { label: tw("workbench.project.packages"), run: () => setPanel("packages") },
    { label: tw("workbench.project.steps"), run: () => setPanel("steps") },
    { label: tw("workbench.budget"), run: () => setPanel("budget") },
    { label: t("palette.duplicate"), run: () => attempt(duplicate) },
    {
      label: t("palette.copy_address"), run: () => attempt(async () => {
        await navigator.clipboard.writeText(location.href);
        toast({ text: t("palette.copied") });
      }),
    },
    { label: tw("workbench.to_projects"), run: () => location.assign("/") },
    ...offered(),
  ];
}
