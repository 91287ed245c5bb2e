import type { Look, Shown } from "$/runtime/index.ts";
import { type ReactElement, type RefObject, useEffect, useId, useRef, useState } from "react";
import { Picture } from "./picture";
import { useWorkbench } from "../session/context";
import type { NotChanged } from "../session/pointing/pointing";
import { t } from "../session/pointing/texts";

const SIDES = ["", "-block", "-inline", "-top", "-right", "-bottom", "-left"] as const;
type Side = (typeof SIDES)[number];
const WEIGHTS = [100, 300, 400, 500, 600, 700, 900] as const;
/** The lengths that can be dragged to, px; others can be typed. */
const LENGTHS = { "font-size": [8, 96], padding: [0, 96], margin: [0, 96], gap: [0, 96], "border-radius": [0, 64], width: [0, 1200] } as const;
type Length = keyof typeof LENGTHS;
/** Steps by the arrows are one change, once they have rested this long, ms. */
const REST_MS = 500;

interface LooksProps { shown: Shown; tag: string; why: NotChanged | null }

/** The looks of what is picked. What is dragged or typed shows at once in the app, and is written when it is let go. */
export function Looks({ shown, tag, why }: LooksProps): ReactElement {
  const { preview } = useWorkbench();
  const row = (name: Length | "color" | "background-color" | "font-weight", look: Look = name): RowProps => ({
    name: t(`pointing.look.${name}`), value: shown.looks[look] ?? "", why,
    paint: (value) => preview.pointing.paint(look, value),
    write: (value) => preview.pointing.restyle(look, value, t("pointing.look.version", { look: t(`pointing.look.${name}`), tag })),
  });
  const length = (name: Length): ReactElement | null => (shown.looks[name] === undefined ? null : <LengthRow {...row(name)} range={LENGTHS[name]} />);
  return (
    <div className="wb-looks" role="group" aria-label={t("pointing.look.card")}>
      {shown.picture && <Picture {...shown.picture} />}
      <ColourRow {...row("color")} />
      <ColourRow {...row("background-color")} />
      {length("font-size")}
      <WeightRow {...row("font-weight")} />
      <Sided name="padding" row={row} />
      <Sided name="margin" row={row} />
      {length("gap")}
      {length("border-radius")}
      {length("width")}
    </div>
  );
}

interface RowProps { name: string; value: string; why: NotChanged | null; paint: (value: string) => void; write: (value: string) => void }

/** What is being chosen, until what is written is known. */
function useDraft({ value, why }: RowProps): [draft: string, setDraft: (draft: string) => void] {
  const [draft, setDraft] = useState(value);
  useEffect(() => setDraft(value), [value, why]);
  return [draft, setDraft];
}

/** React tells of each step as a change; the browser tells which one was the last. */
function useLetGo(field: RefObject<HTMLInputElement | null>, letGo: (value: string) => void): void {
  const latest = useRef(letGo);
  latest.current = letGo;
  useEffect(() => {
    const input = field.current;
    const changed = (): void => latest.current(input?.value ?? "");
    input?.addEventListener("change", changed);
    return () => input?.removeEventListener("change", changed);
  }, [field]);
}

function ColourRow(props: RowProps): ReactElement {
  const id = useId();
  const field = useRef<HTMLInputElement>(null);
  const [draft, setDraft] = useDraft(props);
  useLetGo(field, props.write);
  const choose = (value: string): void => {
    setDraft(value);
    props.paint(value);
  };
  return (
    <>
      <label htmlFor={id}>{props.name}</label>
      <input ref={field} id={id} type="color" className="wb-look-wide" value={draft} onChange={(event) => choose(event.target.value)} />
    </>
  );
}

function WeightRow({ name, value, write }: RowProps): ReactElement {
  const id = useId();
  return (
    <>
      <label htmlFor={id}>{name}</label>
      <select id={id} className="wb-look-wide" value={value} onChange={(event) => write(event.target.value)}>
        {WEIGHTS.map((weight) => <option key={weight} value={weight}>{t(`pointing.look.weight.${weight}`)}</option>)}
        {!WEIGHTS.some((weight) => String(weight) === value) && <option value={value}>{value}</option>}
      </select>
    </>
  );
}

function Sided({ name, row }: { name: "padding" | "margin"; row: (name: Length, look: Look) => RowProps }): ReactElement {
  const [side, setSide] = useState<Side>("");
  const label = t(`pointing.look.${name}`);
  return (
    <>
      <span>{label}</span>
      <select className="wb-look-wide" aria-label={t("pointing.look.side", { look: label })} value={side} onChange={(event) => setSide(event.target.value as Side)}>
        {SIDES.map((one) => <option key={one} value={one}>{t(`pointing.look.side.${one || "all"}`)}</option>)}
      </select>
      <LengthRow key={side} {...row(name, `${name}${side}`)} range={LENGTHS[name]} under />
    </>
  );
}

/** `under`: its name stands in the row above it. */
function LengthRow({ range: [least, most], under = false, ...props }: RowProps & { range: readonly [number, number]; under?: boolean }): ReactElement {
  const id = useId();
  const slider = useRef<HTMLInputElement>(null);
  const typed = useRef<HTMLInputElement>(null);
  const rest = useRef<number | undefined>(undefined);
  const [draft, setDraft] = useDraft(props);
  const written = useRef(props.value);
  useEffect(() => { written.current = props.value; }, [props.value, props.why]);
  const write = (value: string): void => {
    clearTimeout(rest.current);
    if (value === "" || !Number.isFinite(Number(value)) || value === written.current) return;
    written.current = value;
    props.write(`${value}px`);
  };
  useLetGo(slider, write);
  useLetGo(typed, (value) => {
    clearTimeout(rest.current);
    rest.current = window.setTimeout(write, REST_MS, value);
  });
  const choose = (value: string): void => {
    setDraft(value);
    if (value !== "" && Number.isFinite(Number(value))) props.paint(`${value}px`);
  };
  return (
    <>
      {under ? <span /> : <label htmlFor={id}>{props.name}</label>}
      <input ref={slider} type="range" tabIndex={-1} aria-hidden="true" min={least} max={most} value={draft} onChange={(event) => choose(event.target.value)} />
      <input
        ref={typed} id={id} type="number" aria-label={t("pointing.look.pixels", { look: props.name })} value={draft}
        onChange={(event) => choose(event.target.value)} onBlur={(event) => write(event.target.value)}
        onKeyDown={(event) => { if (event.key === "Enter") write(event.currentTarget.value); }}
      />
    </>
  );
}
