import type { ReactElement } from "react";
import { type Tab, useTabs, useWorkbench } from "./session/context";
import { Icon, type IconName } from "./controls/icons";
import { t } from "../client/workbench_texts";
import { Badge, useBadges } from "./top_bar";

const ICONS: Record<Tab, IconName> = { preview: "eye", code: "code", logs: "lines", terminal: "prompt" };

/** Below 900 px: one pane at a time. */
export function BottomBar({ chatShown, setChatShown }: { chatShown: boolean; setChatShown: (shown: boolean) => void }): ReactElement {
  const { tab, show } = useWorkbench();
  const tabs = useTabs();
  const badges = useBadges();
  return (
    <nav className="wb-bottom" aria-label={t("workbench.tabs")}>
      <button type="button" aria-current={chatShown ? "page" : undefined} onClick={() => setChatShown(true)}>
        <Icon name="chat" />
        {t("workbench.tab.chat")}
      </button>
      {tabs.map((name) => (
        <button
          key={name} type="button" aria-current={!chatShown && tab === name ? "page" : undefined}
          onClick={() => {
            setChatShown(false);
            show(name);
          }}
        >
          <Icon name={ICONS[name]} />
          {t(`workbench.tab.${name}`)}
          <Badge count={badges[name]} />
        </button>
      ))}
    </nav>
  );
}
