import { figures, isUp, waiting } from "$/components/servers/server";
import { t } from "$/components/client/servers_texts";
import { Fragment, type ReactElement, useEffect, useState } from "react";
import { json } from "../../client/http";
import type { ListedServer, ServerList } from "../../client/types";
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
  const { store, setPanel, attempt } = useWorkbench();
  const server = useServer();
  const own = server?.waits_for === "person";
  const other = useLongestAwake(store.api.id, own);
  const stop = (project: string): void => attempt(() => json(`/projects/${project}/server`, { method: "DELETE" }));
  if (server?.copying) return <p>{waiting(server)}</p>;
  if (!server || server.waits_for === null || server.waits_for === "turn") return null;
  return (
    <>
      <p>{waiting(server)}</p>
      <p className="wb-row">
        {other && <button type="button" className="wb-button wb-primary" onClick={() => stop(other.project)}>{t("servers.make_room", { title: other.title })}</button>}
        <button type="button" className="wb-button" onClick={() => setPanel("servers")}>{t("servers.open")}</button>
        <button type="button" className="wb-button" onClick={() => stop(store.api.id)}>{t("servers.give_up")}</button>
      </p>
    </>
  );
}

/** The person's other server that has run for the longest time; null while none is known. */
function useLongestAwake(here: string, wanted: boolean): ListedServer | null {
  const [other, setOther] = useState<ListedServer | null>(null);
  useEffect(() => {
    if (!wanted) return;
    let over = false;
    // Without it the list of all servers is still one press away.
    void json<ServerList>("/servers").then(({ servers }) => {
      const awake = servers.filter(({ project, status }) => project !== here && status === "running");
      const since = ({ since }: ListedServer): string => since ?? "";
      if (!over) setOther(awake.sort((a, b) => since(a).localeCompare(since(b)))[0] ?? null);
    }, () => undefined);
    return () => {
      over = true;
    };
  }, [here, wanted]);
  return wanted ? other : null;
}
