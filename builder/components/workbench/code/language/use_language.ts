import { useEffect, useState } from "react";
import type { ProjectStore } from "../../store/store";
import { type Language, languageOfStore } from "./language";

/** The reader of the project's code ; null at first: the text is to be there before it. */
export function useLanguage(store: ProjectStore, shown: string | null): Language | null {
  const [language, setLanguage] = useState<Language | null>(null);
  useEffect(() => {
    setLanguage(languageOfStore(store));
  }, [store]);
  useEffect(() => language?.show(shown), [language, shown]);
  return language;
}
