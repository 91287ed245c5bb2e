import { type ReactElement, useEffect, useRef, useState } from "react";
import { AttachButton, AttachedFiles } from "../../attachments/attachments";
import { pastedFiles } from "../../attachments/transfer";
import type { Attaching } from "../../attachments/use_attachments";
import { ApiError } from "../../client/http";
import { models } from "../store/api";
import { useProject, useWorkbench } from "../session/context";
import { Icon } from "../controls/icons";
import { Menu } from "../controls/menu";
import { redo, undo } from "../controls/shortcuts";
import { keyAddress } from "../store/next_step";
import { type CommandName, commandsFor, whatOf } from "./asking/commands";
import { mentionAt, mentioned, named } from "./asking/mentions";
import { type Offer, useOffers } from "./asking/offers";
import { runCommand } from "./asking/run_command";
import { VoiceButton } from "./asking/voice";
import { asksToGoBack } from "./asking/going_back";
import { useEarlier } from "./asking/earlier";
import { AboutPart } from "../pointing/about_part";
import { useImprovement } from "./improvement";
import { mayEdit, type State } from "../store/state";
import { isBusy } from "../store/turns";
import { money, t } from "../../client/workbench_texts";
import type { About, ModelChoice, TurnMode } from "../../client/types";

const MODEL_KEY = "sayso.model";
const THINKING_KEY = "sayso.thinking";
/** The server has the same limit; checking it here saves the upload. */
const MOST_CHARACTERS = 100_000;
/** What a longer prompt costs is asked for again after so many characters: some hundred tokens. */
const ESTIMATE_STEP = 400;
/** The share of a budget from which on its rest is shown. */
const TOLD_SHARE = 0.8;

const MODES = ["build", "plan", "discuss"] as const;

/** An earlier turn from before which the person goes another way, and what was asked there. */
export interface GoBack {
  turn: string;
  text: string;
}

/**
 * An earlier request that the person wants to edit, a fresh object each time; `another`: the model has to be changed.
 */
export interface Again {
  text: string;
  another: boolean;
  insteadOf?: GoBack;
  /** It is added to what is typed already. */
  beside?: true;
  /** The part of the app that it is about. */
  about?: About | undefined;
}

/** The field for the next request. Its text survives a reload. */
export function Composer({ again, attaching, sent }: { again: Again | null; attaching: Attaching; sent: () => void }): ReactElement {
  const workbench = useWorkbench();
  const { store, toast } = workbench;
  const state = useProject();
  const draft = `sayso.draft.${store.api.id}`;
  const [text, setText] = useState(() => sessionStorage.getItem(draft) ?? "");
  /** The text that is being sent. What is sent meanwhile follows it: the same words again are one request. */
  const [sending, setSending] = useState<string | null>(null);
  const before = useRef<Promise<void>>(Promise.resolve());
  /** What was said before the project was there, or to undo or redo while something was written: done once it can be. */
  const [later, setLater] = useState("");
  const [problem, setProblem] = useState<ApiError | null>(null);
  const field = useRef<HTMLTextAreaElement>(null);
  const form = useRef<HTMLFormElement>(null);
  /** Where the caret is to stand once the text is in the field. */
  const placed = useRef<number | null>(null);
  const { choices, model, setModel } = useModels();
  const [thinking, setThinking] = useState(() => localStorage.getItem(THINKING_KEY) !== null);
  const estimate = useEstimate(model, text.trim() ? text.trim().length + attaching.characters : 0, state.project?.head ?? "");
  const [mode, setMode] = useState<(typeof MODES)[number]>("build");
  const [insteadOf, setInsteadOf] = useState<GoBack | null>(null);
  const [about, setAbout] = useState<About | null>(null);
  const busy = isBusy(state);
  const offline = model?.offline ? t("workbench.turn.offline") : null;
  const reason = mayEdit(state) ? whyNot(state.load === "ready", busy && insteadOf !== null, text.length) : t("workbench.access.only_read");
  const earlier = useEarlier(state, text, setText);
  const [caret, setCaret] = useState(text.length);
  const [unheard, setUnheard] = useState("");
  const commands = commandsFor(text).filter((name) => !offline || (name !== "plan" && name !== "discuss"));
  const run = (name: CommandName): void => {
    setText("");
    runCommand(name, workbench, { setMode });
  };
  const mention = commands.length === 0 ? mentionAt(text, caret) : null;
  const name = (path: string): void => {
    if (!mention) return;
    const after = named(text, mention, path);
    setText(after.text);
    placed.current = after.caret;
  };
  const offers: Offer[] = mention
    ? mentioned(Object.keys(state.files), mention).map((path) => ({ key: path, note: "", take: () => name(path) }))
    : commands.map((one) => ({ key: `/${one}`, note: t(whatOf(one)), take: () => run(one) }));
  const offered = useOffers(offers, text, t(mention ? "workbench.mention.list" : "workbench.command.list"));
  const improvement = useImprovement(text, setText, model?.name ?? "", setProblem);

  useEffect(() => {
    if (text) sessionStorage.setItem(draft, text);
    else sessionStorage.removeItem(draft);
    const box = field.current;
    if (!box) return;
    box.style.height = "auto";
    box.style.height = `${box.scrollHeight}px`;
    if (placed.current === null) return;
    box.setSelectionRange(placed.current, placed.current);
    setCaret(placed.current);
    placed.current = null;
  }, [text, draft]);

  useEffect(() => {
    if (!again) return;
    setText((typed) => {
      if (!again.text) return typed;
      if (!typed.trim() || again.insteadOf) return again.text;
      return again.beside ? `${typed.trimEnd()}\n\n${again.text}` : typed;
    });
    if (again.insteadOf) setInsteadOf(again.insteadOf);
    if (again.about) setAbout(again.about);
    field.current?.focus();
    if (again.another) form.current?.querySelector<HTMLElement>(".wb-model")?.click();
  }, [again]);

  // Whoever has just asked for an app goes on typing here; on a phone the keyboard would cover what is made.
  useEffect(() => {
    if (state.load !== "ready" || document.activeElement !== document.body || !matchMedia("(min-width: 900px)").matches) return;
    if (busy && !state.project?.head) field.current?.focus();
  }, [state.load]);

  const think = (): void => {
    if (thinking) localStorage.removeItem(THINKING_KEY);
    else localStorage.setItem(THINKING_KEY, "");
    setThinking(!thinking);
  };

  /** `sure`: the person was asked whether they mean it. */
  const send = (sure = false): void => {
    setLater(state.load === "loading" ? text : "");
    if (reason || sending === text || !text.trim()) return;
    if (commands[0]) {
      run(commands[0]);
      return;
    }
    const way = insteadOf === null ? asksToGoBack(text) : null;
    if (way && busy) {
      setLater(text);
      return;
    }
    if (way && (way === "undo" ? state.project?.can_undo : state.project?.can_redo)) {
      setText("");
      (way === "undo" ? undo : redo)(workbench);
      return;
    }
    setSending(text);
    before.current = before.current.catch(() => undefined).then(() => sendNow(sure));
  };

  useEffect(() => {
    if (later && text === later && state.load === "ready" && !(busy && asksToGoBack(text))) send();
  }, [later, busy, state.load]);

  const sendNow = async (sure: boolean): Promise<void> => {
    setProblem(null);
    try {
      await store.flush();
      const { notice } = await store.api.say({
        text, model: model?.name ?? "", mode: sentMode(offline ? "build" : mode, state), queue: insteadOf === null, instead_of: insteadOf?.turn ?? "",
        thinking: thinking && model?.thinks === true, open_file: store.openFile ?? "", about, attachments: await attaching.ready(), sure,
      });
      if (notice) toast({ text: notice });
      // What was typed meanwhile is the next request.
      setText((typed) => (typed === text ? "" : typed));
      attaching.clear();
      setInsteadOf(null);
      setAbout(null);
      if (mode === "plan") setMode("build");
      sent();
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      setProblem(error);
    } finally {
      setSending((other) => (other === text ? null : other));
    }
  };

  return (
    <form
      ref={form} className="wb-composer"
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
    >
      <div className="wb-composer-box">
        {insteadOf && (
          <p className="wb-from">
            <span>{t("workbench.turn.from", { text: insteadOf.text })}</span>
            <button type="button" className="wb-icon-button" aria-label={t("workbench.turn.from.end")} title={t("workbench.turn.from.end")} onClick={() => setInsteadOf(null)}>
              <Icon name="close" />
            </button>
          </p>
        )}
        {about && <AboutPart about={about} end={() => setAbout(null)} />}
        <AttachedFiles attaching={attaching} />
        {offered.list}
        <textarea
          ref={field} rows={2} value={text} aria-label={t("workbench.chat.ask")} placeholder={t("workbench.chat.placeholder")}
          aria-describedby="wb-composer-note" {...offered.field}
          onSelect={(event) => setCaret(event.currentTarget.selectionStart)}
          onChange={(event) => {
            setText(event.target.value);
            setCaret(event.target.selectionStart);
            if (problem?.code === "sure_needed") setProblem(null); // other words were not asked about
          }}
          onPaste={(event) => {
            const files = pastedFiles(event.clipboardData);
            if (files.length === 0) return;
            event.preventDefault();
            attaching.add(files);
          }}
          onKeyDown={(event) => {
            if (offered.press(event) || earlier(event)) return;
            if (event.key !== "Enter" || event.shiftKey || event.nativeEvent.isComposing) return;
            event.preventDefault();
            send();
          }}
        />
        <div className="wb-composer-row">
          <AttachButton attaching={attaching} />
          <VoiceButton heard={(words) => setText((typed) => (typed.trim() ? `${typed.trimEnd()} ${words}` : words))} told={setUnheard} />
          <Menu
            label={t("workbench.model.menu", { name: model?.label ?? "" })} className="wb-model"
            items={[
              ...choices.map((choice) => ({
                label: choice.label, note: choice.note, checked: choice.name === model?.name, run: () => setModel(choice.name),
              })),
              ...(model?.thinks ? [{ label: t("workbench.thinks"), note: t("workbench.thinks.note"), toggled: thinking, run: think }] : []),
            ]}
          >
            <span>{model ? model.label : " "}</span>
            <Icon name="down" />
          </Menu>
          <Menu
            label={t("workbench.mode.menu", { name: t(`workbench.mode.${offline ? "build" : mode}`) })} className="wb-mode"
            items={MODES.map((one) => ({
              label: t(`workbench.mode.${one}`), note: t(`workbench.mode.${one}.note`), checked: one === (offline ? "build" : mode),
              disabled: one === "build" ? null : offline, run: () => setMode(one),
            }))}
          >
            <span>{t(`workbench.mode.${offline ? "build" : mode}`)}</span>
            <Icon name="down" />
          </Menu>
          {model?.offline && model.label.toLowerCase() !== t("workbench.model.offline") && <span className="wb-tag">{t("workbench.model.offline")}</span>}
          {estimate.cost && <span className="wb-estimate" title={t("workbench.estimate.title")}>{t("workbench.estimate", { cost: estimate.cost })}</span>}
          <button
            type="button" className="wb-icon-button wb-improve" aria-label={t("workbench.improve")} title={offline ?? t("workbench.improve")}
            aria-disabled={offline !== null || improvement.busy || !text.trim()} aria-describedby={offline ? "wb-improve-why" : undefined}
            onClick={() => offline === null && improvement.begin()}
          >
            <Icon name="pencil" />
          </button>
          {offline && <span id="wb-improve-why" className="wb-sr">{offline}</span>}
          <button
            type="submit" className="wb-icon-button wb-send" aria-label={t("workbench.chat.send")} title={t("workbench.chat.send")}
            disabled={sending === text || reason !== "" || !text.trim()}
          >
            <Icon name="send" />
          </button>
        </div>
      </div>
      <p id="wb-composer-note" className={problem ? "wb-hint wb-bad" : "wb-hint"} role={problem ? "alert" : undefined}>
        {problem?.message || reason || unheard || improvement.note || (busy && t("workbench.chat.busy")) || estimate.left || t("workbench.chat.hint")}
        {!problem && improvement.undo && <> <button type="button" className="wb-link" onClick={improvement.undo}>{t("workbench.undo")}</button></>}
        {problem?.code === "sure_needed" && <> <button type="button" className="wb-link" onClick={() => send(true)}>{t("workbench.chat.sure")}</button></>}
        {problem?.code === "no_key" && <> <a className="wb-link" href={keyAddress(store.api.id, model?.name ?? "")}>{t("workbench.key")}</a></>}
      </p>
    </form>
  );
}

/** The first request of a project may be asked back about, or planned first, where that helps. */
function sentMode(chosen: TurnMode, { project, turns }: State): TurnMode {
  const first = project?.head === null && Object.keys(turns).length === 0;
  return chosen === "build" && first ? "auto" : chosen;
}

function whyNot(ready: boolean, running: boolean, characters: number): string {
  if (running) return t("workbench.turn.wait");
  if (!ready) return t("workbench.chat.loading");
  if (characters > MOST_CHARACTERS) return t("workbench.chat.too_long");
  return "";
}

interface Estimate {
  /** Such as "$0.03"; "" where it costs nothing, or the price is not known. */
  cost: string;
  /** What is left of the budget, once most of it is spent. */
  left: string;
}

const NO_ESTIMATE: Estimate = { cost: "", left: "" };

/** The estimated cost of sending. `head` is the version that the request would change. */
function useEstimate(model: ModelChoice | undefined, characters: number, head: string): Estimate {
  const { store } = useWorkbench();
  const [estimate, setEstimate] = useState(NO_ESTIMATE);
  const name = model && !model.offline ? model.name : "";
  const about = Math.ceil(characters / ESTIMATE_STEP) * ESTIMATE_STEP;
  useEffect(() => {
    if (!name || about === 0) return setEstimate(NO_ESTIMATE);
    let over = false;
    const timer = setTimeout(() => {
      store.api.estimate(name, Math.min(about, MOST_CHARACTERS)).then(
        ({ usd, left_usd, cap_usd }) => over || setEstimate({
          cost: usd === null ? "" : money(usd),
          left: left_usd !== null && cap_usd !== null && left_usd <= cap_usd * (1 - TOLD_SHARE)
            ? t("workbench.estimate.left", { left: money(left_usd), cap: money(cap_usd) }) : "",
        }),
        () => over || setEstimate(NO_ESTIMATE),
      );
    }, 300);
    return () => {
      over = true;
      clearTimeout(timer);
    };
  }, [store, name, about, head]);
  return estimate;
}

function useModels(): { choices: ModelChoice[]; model: ModelChoice | undefined; setModel: (name: string) => void } {
  const { attempt } = useWorkbench();
  const [choices, setChoices] = useState<ModelChoice[]>([]);
  const [name, setName] = useState(() => localStorage.getItem(MODEL_KEY) ?? "");
  const [usual, setUsual] = useState("");
  useEffect(() => {
    attempt(async () => {
      const answer = await models();
      setChoices(answer.models);
      setUsual(answer.default);
    });
  }, [attempt]);
  const model = choices.find((choice) => choice.name === name) ?? choices.find((choice) => choice.name === usual);
  const setModel = (next: string): void => {
    localStorage.setItem(MODEL_KEY, next);
    setName(next);
  };
  return { choices, model, setModel };
}
