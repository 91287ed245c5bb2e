import { figures, isUp, waiting } from "$/components/servers/server";
import { t } from "$/components/client/servers_texts";
import { Fragment, type ReactElement } from "react";
import { useServer, useWorkbench } from "../session/context";

/** What the project's server takes, small, at the end of the status line; leads to all servers. */
export function ServerFigures(): ReactElement | null {
  const { setPanel } = useWorkbench();
  const server = useServer();
  if (!server) return null;
  const all = server.usage && isUp(server) ? figures(server.usage).slice(0, 3) : [];
  // Not in the status itself: what changes every two seconds would be read out.
  return (
    <button
      type="button" className="wb-figures" title={t("servers.title")} onClick={() => setPanel("servers")}
      aria-label={all.length ? t("servers.figures", { figures: all.join(" ") }) : t("servers.title")}
    >
      {/* The spaces are in the name as well: who speaks to the page says what they see. */}
      {all.length ? all.map((figure) => <Fragment key={figure}><span>{figure}</span> </Fragment>) : <span>{t("servers.open")}</span>}
    </button>
  );
}

/** Why the server does not come up yet, and the way to make room; nothing where it waits for its turn only. */
export function ServerWaits(): ReactElement | null {
  const { setPanel } = useWorkbench();
  const server = useServer();
  if (server?.copying) return <p>{waiting(server)}</p>;
  if (!server || server.waits_for === null || server.waits_for === "turn") return null;
  return (
    <>
      <p>{waiting(server)}</p>
      <button type="button" className="wb-button" onClick={() => setPanel("servers")}>{t("servers.open")}</button>
    </>
  );
}
