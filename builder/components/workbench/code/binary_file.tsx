import { type ReactElement, useEffect, useId, useState } from "react";
import { bytes as sized } from "../../client/workbench_texts";
import { t } from "./texts/texts";
import { nameOf } from "./files/tree";

const TYPES: Record<string, string> = {
  png: "image/png", jpg: "image/jpeg", jpeg: "image/jpeg", gif: "image/gif", webp: "image/webp", avif: "image/avif", ico: "image/x-icon", bmp: "image/bmp",
  woff: "font/woff", woff2: "font/woff2", ttf: "font/ttf", otf: "font/otf",
  mp3: "audio/mpeg", ogg: "audio/ogg", wav: "audio/wav", m4a: "audio/mp4", flac: "audio/flac",
  mp4: "video/mp4", webm: "video/webm", mov: "video/quicktime", pdf: "application/pdf",
};
const SHOWN_BYTES = 2_048;
const A_ROW = 16;

interface Props {
  path: string;
  bytes: Uint8Array;
  save: () => void;
}

/** A file that is not text: a picture, a font, sound or film as it is; of any other its first bytes. */
export function BinaryFile({ path, bytes, save }: Props): ReactElement {
  const type = TYPES[path.slice(path.lastIndexOf(".") + 1).toLowerCase()] ?? "";
  const [url, setUrl] = useState("");
  const [size, setSize] = useState("");
  useEffect(() => {
    setSize("");
    if (!type) return;
    const made = URL.createObjectURL(new Blob([bytes.slice()], { type }));
    setUrl(made);
    return () => URL.revokeObjectURL(made);
  }, [bytes, type]);
  const kind = type.split("/")[0];
  return (
    <div className="wb-binary" data-kind={kind}>
      {kind === "image" && url && (
        <img src={url} alt={path} onLoad={({ currentTarget }) => setSize(t("editor.file.pixels", { width: currentTarget.naturalWidth, height: currentTarget.naturalHeight }))} />
      )}
      {kind === "font" && <FontSample bytes={bytes} name={nameOf(path)} />}
      {kind === "audio" && url && <audio src={url} controls aria-label={path} />}
      {kind === "video" && url && <video src={url} controls aria-label={path} />}
      {type === "" && <pre tabIndex={0} aria-label={t("editor.file.bytes", { path })}>{dump(bytes)}</pre>}
      <p className="wb-quiet">{[size, sized(bytes.length)].filter(Boolean).join(" · ")}</p>
      <div className="wb-row">
        {type === "application/pdf" && url && <a className="wb-button wb-small" href={url} target="_blank" rel="noreferrer">{t("editor.file.open_pdf")}</a>}
        <button type="button" className="wb-button wb-small" onClick={save}>{t("editor.download")}</button>
      </div>
    </div>
  );
}

function FontSample({ bytes, name }: { bytes: Uint8Array; name: string }): ReactElement {
  const family = `sample-${useId().replace(/\W/g, "")}`;
  const [state, setState] = useState<"loading" | "ready" | "broken">("loading");
  useEffect(() => {
    const face = new FontFace(family, bytes.slice().buffer);
    let current = true;
    face.load().then(
      () => {
        if (!current) return;
        document.fonts.add(face);
        setState("ready");
      },
      () => {
        if (current) setState("broken");
      },
    );
    return () => {
      current = false;
      document.fonts.delete(face);
    };
  }, [bytes, family]);
  if (state === "broken") return <p className="wb-bad">{t("editor.file.bad_font", { name })}</p>;
  return (
    <div className="wb-font" style={{ fontFamily: `"${family}"`, visibility: state === "ready" ? "visible" : "hidden" }}>
      {[36, 22, 14].map((size) => <p key={size} style={{ fontSize: size }}>{t("editor.file.sample")}</p>)}
    </div>
  );
}

/** The first bytes, sixteen in a row, beside the letters that they are where they are some. */
function dump(bytes: Uint8Array): string {
  const shown = bytes.subarray(0, SHOWN_BYTES);
  const rows: string[] = [];
  for (let at = 0; at < shown.length; at += A_ROW) {
    const row = [...shown.subarray(at, at + A_ROW)];
    const letters = row.map((one) => (one >= 32 && one < 127 ? String.fromCharCode(one) : "·")).join("");
    rows.push(`${at.toString(16).padStart(6, "0")}  ${row.map((one) => one.toString(16).padStart(2, "0")).join(" ").padEnd(A_ROW * 3)} ${letters}`);
  }
  return rows.join("\n") + (bytes.length > SHOWN_BYTES ? "\n…" : "");
}
