import type { ReactElement } from "react";
import { usePreview, useProject, useWorkbench } from "../session/context";
import { chosenEngine, type EngineKind, ENGINES, hasConsent, rememberEngine, unavailable } from "../session/engines";
import { Icon } from "../controls/icons";
import { Menu } from "../controls/menu";
import { t } from "../../client/workbench_texts";

/** Chooses the engine that runs the app; an engine that cannot run here says why. */
export function EngineMenu(): ReactElement {
  const { store, preview, setPanel } = useWorkbench();
  const { kind } = usePreview();
  const { engines } = useProject();
  const choose = (next: EngineKind): void => {
    if (next === kind) return;
    if (next === "webcontainer" && !hasConsent()) {
      setPanel("consent");
      return;
    }
    rememberEngine(store.api.id, next);
    // A front end is shown by the instant engine, whatever runs behind it.
    preview.restart(engines && next !== "webcontainer" ? chosenEngine(store.api.id, engines) : next);
  };
  return (
    <Menu
      label={t("workbench.engine.menu", { name: t(`workbench.engine.${kind}`) })} className="wb-engine"
      title={t("workbench.engine.title")}
      items={[
        ...ENGINES.map((name) => ({
          label: t(`workbench.engine.${name}`), note: t(`workbench.engine.${name}.note`), checked: name === kind,
          disabled: engines && unavailable(name, engines), run: () => choose(name),
        })),
        ...(preview.storesHere
          ? [{ label: t("workbench.python.title"), run: () => setPanel("python") }, { label: t("workbench.stored.menu"), run: () => setPanel("stored") }]
          : []),
      ]}
    >
      <span>{t(`workbench.engine.${kind}.short`)}</span>
      <Icon name="down" />
    </Menu>
  );
}
