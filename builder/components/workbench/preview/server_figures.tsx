import { figures, isUp, waiting } from "$/components/servers/server";
import { t } from "$/components/client/servers_texts";
import { Fragment, type ReactElement } from "react";
import { useServer, useWorkbench } from "../session/context";

/** What the project's server uses, small, at the end of the status line; opens the list of all servers. */
export function ServerFigures(): ReactElement | null {
  const { setPanel } = useWorkbench();
  const server = useServer();
  if (!server) return null;
  const all = server.usage && isUp(server) ? figures(server.usage).slice(0, 3) : [];
  // Outside the status element: a screen reader would read a value that changes every two seconds.
  return (
    <button
      type="button" className="wb-figures" title={t("servers.title")} onClick={() => setPanel("servers")}
      aria-label={all.length ? t("servers.figures", { figures: all.join(" ") }) : t("servers.title")}
    >
      {/* The accessible name has the same spaces: speech control matches the words that the person sees. */}
      {all.length ? all.map((figure) => <Fragment key={figure}><span>{figure}</span> </Fragment>) : <span>{t("servers.open")}</span>}
    </button>
  );
}

/** Why the server has not started yet, and a way to make room; nothing when it only waits for its turn. */
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
