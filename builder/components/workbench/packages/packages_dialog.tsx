import { type ReactElement, useEffect } from "react";
import { HeldPackages, type ProjectPackages, usePackages } from "./held_packages";
import { useWorkbench } from "../session/context";
import { Dialog } from "../controls/dialog";
import { Icon } from "../controls/icons";
import { when } from "../../client/times";
import { t } from "../../client/workbench_texts";
import type { NamedPackage } from "../../client/types";

/** What is held back of the packages that the project asks for, and what its people decided about them. */
export function PackagesDialog(): ReactElement {
  const { store, preview, setPanel } = useWorkbench();
  const packages = usePackages();
  const { view, busy, run } = packages;
  const hold = (one: NamedPackage): void => {
    void run(() => store.api.holdPackage(one)).then((done) => done && preview.restart());
  };
  return (
    <Dialog title={t("workbench.packages.title")} close={() => setPanel(null)} wide>
      <p>{t("workbench.packages.text")}</p>
      {view?.held.length === 0 && <p className="wb-quiet">{t("workbench.packages.none")}</p>}
      <HeldPackages packages={packages} decided={() => preview.restart()} />
      {view && view.unknown.length > 0 && (
        <section aria-label={t("workbench.packages.unknown")}>
          <h3>{t("workbench.packages.unknown")}</h3>
          <p className="wb-mono">{view.unknown.map(({ name }) => name).join(", ")}</p>
        </section>
      )}
      {view && view.used.length > 0 && (
        <section aria-label={t("workbench.packages.used")}>
          <h3>{t("workbench.packages.used")}</h3>
          <ul className="wb-hosts">
            {view.used.map((one) => {
              const at = view.decisions.find((other) => other.used && other.name === one.name && other.ecosystem === one.ecosystem)?.at;
              return (
                <li key={`${one.ecosystem}/${one.name}`}>
                  <span>
                    <span className="wb-mono">{one.name}</span>
                    {at && <small>{when(at)}</small>}
                  </span>
                  <button
                    type="button" className="wb-icon-button" disabled={busy} onClick={() => hold(one)}
                    aria-label={t("workbench.packages.hold", { name: one.name })} title={t("workbench.packages.hold", { name: one.name })}
                  >
                    <Icon name="trash" />
                  </button>
                </li>
              );
            })}
          </ul>
        </section>
      )}
      {view && view.pins.length > 0 && <PinnedVersions packages={packages} />}
    </Dialog>
  );
}

const LOOK_MS = 1500;

/** The exact versions of each list of packages: they are made by themselves, and may be put into the project's files. */
function PinnedVersions({ packages: { view, busy, run, look } }: { packages: ProjectPackages }): ReactElement {
  const { store } = useWorkbench();
  const pins = view?.pins ?? [];
  const pinning = view?.pinning ?? false;
  useEffect(() => {
    if (!pinning) return;
    const timer = setInterval(look, LOOK_MS);
    return () => clearInterval(timer);
  }, [pinning, look]);
  const pin = (files: boolean): void => {
    void run(async () => {
      await store.flush();
      return await store.api.pinPackages(files);
    });
  };
  return (
    <section className="wb-pins" aria-label={t("workbench.packages.pins")} aria-busy={pinning}>
      <h3>{t("workbench.packages.pins")}</h3>
      <p className="wb-quiet">{t("workbench.packages.pins_text")}</p>
      <ul className="wb-hosts">
        {pins.map(({ path, lock, holds, file, at, problem }) => (
          <li key={path}>
            <span>
              <span className="wb-mono">{path}</span>
              {problem && !pinning && <small>{problem}</small>}
            </span>
            <small>
              {file ? t("workbench.packages.in_file", { lock: lock.split("/").pop() ?? lock })
                : holds ? t("workbench.packages.pinned", { when: when(at) })
                : t("workbench.packages.not_pinned")}
            </small>
          </li>
        ))}
      </ul>
      {pinning && <p className="wb-quiet" role="status">{t("workbench.packages.pinning")}</p>}
      {!pinning && pins.some(({ file }) => !file) && (
        <p className="wb-row">
          {pins.some(({ holds }) => !holds) && (
            <button type="button" className="wb-button" disabled={busy} onClick={() => pin(false)}>{t("workbench.packages.again")}</button>
          )}
          {pins.every(({ holds }) => holds) && (
            <button type="button" className="wb-button" disabled={busy} onClick={() => pin(true)}>{t("workbench.packages.pin")}</button>
          )}
        </p>
      )}
    </section>
  );
}
