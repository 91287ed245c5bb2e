import { type ReactElement, useCallback, useEffect, useState } from "react";
import { useProject, useWorkbench } from "../session/context";
import { activeGeneration } from "../store/state";
import { activeTurn } from "../store/turns";
import { Sure } from "../controls/sure";
import { reasonOf } from "../../client/http";
import { t } from "../../client/workbench_texts";
import type { HeldPackage, PackagesView } from "../../client/types";
import "./packages.css";

export interface ProjectPackages {
  /** Null before the first answer. */
  view: PackagesView | null;
  busy: boolean;
  refusal: string;
  /** Ask again, without a sign of it. */
  look: () => void;
  /** Change something; resolves to whether it was done. */
  run: (work: () => Promise<PackagesView>) => Promise<boolean>;
}

/** What the project's packages are allowed, as the server says. */
export function usePackages(): ProjectPackages {
  const { store } = useWorkbench();
  const [view, setView] = useState<PackagesView | null>(null);
  const [busy, setBusy] = useState(true);
  const [refusal, setRefusal] = useState("");
  const run = useCallback(async (work: () => Promise<PackagesView>): Promise<boolean> => {
    setBusy(true);
    setRefusal("");
    try {
      setView(await work());
      return true;
    } catch (error) {
      setRefusal(reasonOf(error));
      return false;
    } finally {
      setBusy(false);
    }
  }, []);
  useEffect(() => void run(async () => {
    await store.flush();
    return await store.api.packages();
  }), [run, store]);
  const look = useCallback(() => void store.api.packages().then(setView, () => undefined), [store]);
  return { view, busy, refusal, run, look };
}

/** The packages that are held back, each with its reason and the one thing to do about it. */
export function HeldPackages({ packages, decided }: { packages: ProjectPackages; decided: () => void }): ReactElement {
  const { view, busy, refusal } = packages;
  const names = new Set<string>();
  // A package that two files ask for is one decision.
  const held = (view?.held ?? []).filter(({ ecosystem, name }) => !names.has(`${ecosystem}/${name}`) && names.add(`${ecosystem}/${name}`));
  return (
    <>
      {refusal && <p className="wb-note wb-note-bad" role="alert">{refusal}</p>}
      {!view && busy && <p className="wb-late" role="status">{t("workbench.packages.loading")}</p>}
      {held.length > 0 && (
        <ul className="wb-packages">
          {held.map((one) => <Held key={`${one.ecosystem}/${one.name}`} one={one} packages={packages} decided={decided} />)}
        </ul>
      )}
    </>
  );
}

function Held({ one, packages, decided }: { one: HeldPackage; packages: ProjectPackages; decided: () => void }): ReactElement {
  const { store, toast, attempt, setPanel } = useWorkbench();
  const state = useProject();
  const turning = activeGeneration(state) !== null || activeTurn(state) !== null;
  const [asking, setAsking] = useState(false);
  const { name, says, path, reason } = one;
  const instead = one.version ? `${one.instead} ${one.version}` : one.instead;
  const { busy, run } = packages;
  const replace = (): void => {
    void run(async () => {
      await store.flush();
      await store.api.usePackageInstead(one);
      return await store.api.packages();
    }).then((done) => {
      if (!done) return;
      toast({ text: t("workbench.packages.replaced", { name, instead }) });
      decided();
    });
  };
  const without = async (): Promise<void> => {
    await store.flush();
    await store.api.say({ text: t("workbench.packages.request", { name, says }), model: localStorage.getItem("sayso.model") ?? "" });
    setPanel(null);
  };
  const use = (): void => {
    setAsking(false);
    void run(() => store.api.usePackage(one)).then((done) => done && decided());
  };
  return (
    <li>
      <p>
        <span className="wb-mono">{name}</span>
        <small>{t("workbench.packages.why", { says, path })}</small>
      </p>
      {asking ? (
        <Sure text={t(reason === "script" ? "workbench.packages.sure_script" : "workbench.packages.sure", { name })} keep={t("workbench.packages.keep_out")} no={() => setAsking(false)}>
          <button type="button" className="wb-button wb-bad" disabled={busy} onClick={use}>{t("workbench.packages.use", { name })}</button>
        </Sure>
      ) : (
        <p className="wb-row">
          {instead && <button type="button" className="wb-button wb-primary" disabled={busy} onClick={replace}>{t("workbench.packages.use_instead", { instead })}</button>}
          {!instead && <button type="button" className="wb-button wb-primary" disabled={busy || turning} onClick={() => attempt(without)}>{t("workbench.packages.without")}</button>}
          {reason !== "missing" && <button type="button" className="wb-button" disabled={busy} onClick={() => setAsking(true)}>{t("workbench.packages.anyway")}</button>}
        </p>
      )}
    </li>
  );
}
