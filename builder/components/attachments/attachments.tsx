// What shows attached files: those of the next request with their button, and those that went with an earlier one.
import { type ReactElement, type RefObject, useRef } from "react";
import "./attachments.css";
import type { Attachment } from "../client/types";
import { size } from "../client/numbers";
import { t } from "./texts";
import { useDrop } from "./transfer";
import type { AttachedFile, Attaching } from "./use_attachments";

const CLIP = "m12.5 7.2-5 5a3 3 0 0 1-4.3-4.2l5.4-5.4a2 2 0 0 1 2.9 2.9l-5.3 5.2a1 1 0 0 1-1.4-1.4l4.6-4.6";
const CLOSE = "m4 4 8 8M12 4l-8 8";
const FILE = "M4 2h5l3 3v9H4zM9 2v3h3";
/** What the file dialog offers first. The server goes by content. */
const OFFERED = "image/png,image/jpeg,image/gif,image/webp,application/pdf,text/*,.csv,.tsv,.json,.md,.html,.htm";

function Sign({ path }: { path: string }): ReactElement {
  return <svg className="at-sign" viewBox="0 0 16 16" aria-hidden="true" focusable="false"><path d={path} /></svg>;
}

/** The button that opens the file dialog. */
export function AttachButton({ attaching, className = "" }: { attaching: Attaching; className?: string }): ReactElement {
  const input = useRef<HTMLInputElement>(null);
  return (
    <>
      <button
        type="button" className={`at-attach ${className}`} aria-label={t("attaching.attach")} title={t("attaching.hint")}
        onClick={() => input.current?.click()}
      >
        <Sign path={CLIP} />
      </button>
      <input
        ref={input} type="file" multiple hidden accept={OFFERED} tabIndex={-1}
        onChange={({ target }) => {
          attaching.add([...(target.files ?? [])]);
          target.value = "";
        }}
      />
    </>
  );
}

/** The files of the next request. */
export function AttachedFiles({ attaching }: { attaching: Attaching }): ReactElement {
  const list = useRef<HTMLUListElement>(null);
  const remove = (key: string, at: number): void => {
    attaching.remove(key);
    // The button that had the focus is gone: the next one gets it, or the field.
    requestAnimationFrame(() => {
      const buttons = list.current?.querySelectorAll("button") ?? [];
      const next = buttons[Math.min(at, buttons.length - 1)] ?? list.current?.closest("form")?.querySelector("textarea");
      next?.focus();
    });
  };
  return (
    <>
      <ul className="at-files" ref={list} aria-label={t("attaching.list")} hidden={attaching.files.length === 0}>
        {attaching.files.map((file, at) => (
          <li key={file.key} className={file.problem ? "at-file at-bad" : "at-file"}>
            <Thumbnail picture={file.picture} />
            <span className="at-name" title={file.name}>{file.name}</span>
            <Condition file={file} />
            <button type="button" className="at-remove" aria-label={t("attaching.remove", { name: file.name })} onClick={() => remove(file.key, at)}>
              <Sign path={CLOSE} />
            </button>
          </li>
        ))}
      </ul>
      <p className="at-said" role="status">{attaching.said}</p>
    </>
  );
}

/** Its size, how far it is, or what is to be known of it. */
function Condition({ file: { size: bytes, progress, problem, view } }: { file: AttachedFile }): ReactElement {
  if (problem) return <span className="at-condition" role="alert">{problem}</span>;
  if (progress !== null) {
    const percent = Math.round(progress * 100);
    return (
      <span className="at-condition">
        {progress < 1 ? t("attaching.uploading", { percent }) : t("attaching.reading")}
        <progress className="at-progress" max={100} value={progress < 1 ? percent : undefined} aria-hidden="true" />
      </span>
    );
  }
  return <span className="at-condition">{[size(bytes), view?.data && t("attaching.becomes"), ...(view?.notes ?? [])].filter(Boolean).join(" · ")}</span>;
}

/** The files that went with an earlier request; `open` shows a file of the project. */
export function SentFiles({ project, files, open }: { project: string; files: readonly Attachment[]; open: (path: string) => void }): ReactElement | null {
  if (files.length === 0) return null;
  return (
    <ul className="at-files at-sent" aria-label={t("attaching.list")}>
      {files.map(({ id, name, size: bytes, picture, path, notes }) => (
        <li key={id} className="at-file">
          <Thumbnail picture={picture ? pictureAddress(project, id) : ""} />
          <span className="at-name" title={name}>{name}</span>
          <span className="at-condition">
            {[size(bytes), ...notes].join(" · ")}
            {path !== null && <> · <button type="button" className="at-open" aria-label={t("attaching.open", { path })} onClick={() => open(path)}>{path}</button></>}
          </span>
        </li>
      ))}
    </ul>
  );
}

/** Where the server has the picture of an attachment. */
export const pictureAddress = (project: string, id: string): string => `/api/v1/projects/${project}/attachments/${id}/picture`;

function Thumbnail({ picture }: { picture: string }): ReactElement {
  return picture ? <img className="at-thumbnail" src={picture} alt="" loading="lazy" /> : <span className="at-thumbnail"><Sign path={FILE} /></span>;
}

/** Says where files may be dropped, while some are held over `zone`. */
export function DropNotice({ zone, attaching }: { zone: RefObject<HTMLElement | null>; attaching: Attaching }): ReactElement | null {
  const over = useDrop(zone, attaching.add);
  return over ? <p className="at-drop" aria-hidden="true">{t("attaching.drop")}</p> : null;
}
