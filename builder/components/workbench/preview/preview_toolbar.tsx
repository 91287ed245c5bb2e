import { type ReactElement, useEffect, useState } from "react";
import { usePreview, useProject, useWorkbench } from "../session/context";
import { after, before } from "../session/frame/visited";
import { addressed } from "./address";
import { EngineMenu } from "./engine_menu";
import { Icon, type IconName } from "../controls/icons";
import { PointingButton } from "../pointing/pointing_button";
import { t } from "../../client/workbench_texts";

export type Width = "phone" | "tablet" | "full";

const WAYS = ["back", "forward"] as const;
const WIDTHS: readonly Width[] = ["phone", "tablet", "full"];

interface Props {
  width: Width;
  setWidth: (width: Width) => void;
  turned: boolean;
  turn: () => void;
  whole: boolean;
  toggleWhole: () => void;
}

export function PreviewToolbar({ width, setWidth, turned, turn, whole, toggleWhole }: Props): ReactElement {
  const { preview } = useWorkbench();
  const { project } = useProject();
  const { path, visited, url, kind } = usePreview();
  const ours = kind === "instant" || ((kind === "docker" || kind === "pyodide") && url !== "");
  const address = ours && project ? project.preview_url.replace(/\/$/, "") + path : url;
  const steps = { back: before(visited), forward: after(visited) } as const;
  return (
    <div className="wb-toolbar" role="toolbar" aria-label={t("workbench.preview.toolbar")}>
      {WAYS.map((way) => (
        <button
          key={way} type="button" className="wb-icon-button" aria-disabled={steps[way] === null}
          aria-label={t(`workbench.preview.${way}`)} title={t(`workbench.preview.${way}`)} onClick={() => preview.step(way)}
        >
          <Icon name={way} />
        </button>
      ))}
      <button type="button" className="wb-icon-button" aria-label={t("workbench.preview.reload")} title={t("workbench.preview.reload")} onClick={() => preview.reload()}>
        <Icon name="reload" />
      </button>
      <Address path={path} />
      <div className="wb-widths" role="group" aria-label={t("workbench.preview.width")}>
        {WIDTHS.map((name) => (
          <button
            key={name} type="button" className="wb-icon-button" aria-pressed={width === name}
            aria-label={t(`workbench.preview.${name}`)} title={t(`workbench.preview.${name}`)} onClick={() => setWidth(name)}
          >
            <Icon name={name satisfies IconName} />
          </button>
        ))}
        {width !== "full" && (
          <button type="button" className="wb-icon-button" aria-pressed={turned} aria-label={t("workbench.preview.turn")} title={t("workbench.preview.turn")} onClick={turn}>
            <Icon name="turn" />
          </button>
        )}
      </div>
      <PointingButton />
      <EngineMenu />
      <a
        className="wb-icon-button" role="link" href={address || undefined} target="_blank" rel="noopener" aria-disabled={!address}
        aria-label={t("workbench.preview.new_tab")} title={t("workbench.preview.new_tab")}
      >
        <Icon name="external" />
      </a>
      <button
        type="button" className="wb-icon-button" aria-pressed={whole} onClick={toggleWhole}
        aria-label={t("workbench.preview.full_screen")} title={t("workbench.preview.full_screen")}
      >
        <Icon name={whole ? "collapse" : "expand"} />
      </button>
    </div>
  );
}

/** The path that the app shows; Enter goes to another one. */
function Address({ path }: { path: string }): ReactElement {
  const { preview, toast } = useWorkbench();
  const { project } = useProject();
  const [text, setText] = useState(path);
  useEffect(() => setText(path), [path]);
  return (
    <form
      className="wb-address"
      onSubmit={(event) => {
        event.preventDefault();
        const to = addressed(text, project?.preview_url ?? location.href);
        if ("path" in to) preview.navigate(to.path);
        else toast({ text: t("workbench.preview.elsewhere", { address: to.elsewhere }), action: { label: t("workbench.preview.new_tab"), run: () => window.open(to.elsewhere, "_blank", "noopener") } });
      }}
    >
      <input
        value={text} aria-label={t("workbench.preview.address")} spellCheck={false} autoComplete="off" autoCapitalize="off"
        onChange={(event) => setText(event.target.value)} onBlur={() => setText(path)} onFocus={(event) => event.currentTarget.select()}
      />
    </form>
  );
}
