import { Component, type ReactNode } from "react";
import { t } from "../../client/workbench_texts";

interface Props {
  children: ReactNode;
}

/** When a pane throws, or its code cannot be loaded, the rest of the workbench stays usable. */
export class PaneBoundary extends Component<Props, { broken: string | null }> {
  override state: { broken: string | null } = { broken: null };

  static getDerivedStateFromError(error: unknown): { broken: string } {
    return { broken: error instanceof Error ? error.message : String(error) };
  }

  override render(): ReactNode {
    if (this.state.broken === null) return this.props.children;
    return (
      <div className="wb-broken" role="alert">
        <p>{t("workbench.pane.broken")}</p>
        <p className="wb-quiet wb-mono">{this.state.broken}</p>
        <button type="button" className="wb-button" onClick={() => location.reload()}>{t("workbench.pane.reload")}</button>
      </div>
    );
  }
}
