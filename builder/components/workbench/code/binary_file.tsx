import { type ReactElement, useEffect, useState } from "react";
import { t } from "../../client/workbench_texts";

const IMAGES: Record<string, string> = {
  png: "image/png", jpg: "image/jpeg", jpeg: "image/jpeg", gif: "image/gif", webp: "image/webp", avif: "image/avif", ico: "image/x-icon",
};

/** A file that is not text: a picture is shown, any other file is named with its size. */
export function BinaryFile({ path, bytes }: { path: string; bytes: Uint8Array }): ReactElement {
  const type = IMAGES[path.slice(path.lastIndexOf(".") + 1).toLowerCase()];
  const [url, setUrl] = useState("");
  useEffect(() => {
    if (!type) return;
    const made = URL.createObjectURL(new Blob([bytes.slice()], { type }));
    setUrl(made);
    return () => URL.revokeObjectURL(made);
  }, [bytes, type]);
  return (
    <div className="wb-binary">
      {type && url && <img src={url} alt={path} />}
      <p className="wb-quiet">{t("workbench.code.binary", { size: Math.ceil(bytes.length / 1024) })}</p>
    </div>
  );
}
