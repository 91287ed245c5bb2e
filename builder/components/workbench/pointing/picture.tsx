import { type ReactElement, useEffect, useId, useState } from "react";
import { readInto } from "../code/files/dropped";
import { Icon } from "../controls/icons";
import { useWorkbench } from "../session/context";
import { t } from "../session/pointing/texts";

/** What an image shows, and what it says to people who do not see it. */
export function Picture({ src, alt }: { src: string; alt: string }): ReactElement {
  const { preview } = useWorkbench();
  const id = useId();
  const [draft, setDraft] = useState(alt);
  useEffect(() => setDraft(alt), [alt]);
  const write = (): void => { if (draft.trim() !== alt.trim()) preview.pointing.describe(alt, draft, t("pointing.picture.alt.version")); };
  return (
    <>
      <label htmlFor={id}>{t("pointing.picture.alt")}</label>
      <input
        id={id} type="text" className="wb-look-wide" value={draft} onChange={(event) => setDraft(event.target.value)} onBlur={write}
        onKeyDown={(event) => { if (event.key === "Enter") write(); }}
      />
      <label className="wb-button wb-upload wb-look-wide">
        <Icon name="upload" />
        <span>{t("pointing.picture.upload")}</span>
        <input
          type="file" accept="image/*" className="wb-sr"
          onChange={({ target }) => {
            const [picture] = target.files ?? [];
            if (picture) preview.pointing.depict(src, picture.name, readInto("", [["picture", picture]]).then(({ files }) => files["picture"]), t("pointing.picture.version", { name: picture.name }));
            target.value = "";
          }}
        />
      </label>
    </>
  );
}
