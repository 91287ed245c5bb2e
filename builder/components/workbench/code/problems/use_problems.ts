import { useMemo, useSyncExternalStore } from "react";
import { usePreview, useProject, useWalks } from "../../session/context";
import type { Language } from "../language/language";
import type { Found } from "../language/found";
import { styleProblems } from "./styles";
import { listed, ofCode, ofRun, ofWalks } from "./problems";
import type { Problem } from "../language/problem";

const NONE: ReadonlyMap<string, readonly Found[]> = new Map();
const never = (): (() => void) => () => {};

/** Everything that is wrong with the project, as far as it is known. */
export function useProblems(language: Language | null): readonly Problem[] {
  const { files, project } = useProject();
  const { fault } = usePreview();
  const walks = useWalks(project?.head ?? null);
  const found = useSyncExternalStore(language?.subscribe ?? never, language?.getFound ?? (() => NONE));
  const styles = useSyncExternalStore(styleProblems.subscribe, styleProblems.get);
  return useMemo(
    () => listed([...ofCode(found, files), ...styles.filter((one) => one.path in files), ...ofRun(fault), ...ofWalks(walks)]),
    [found, files, styles, fault, walks],
  );
}
