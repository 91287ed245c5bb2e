import { type ReactElement, useState } from "react";
import { SentFiles } from "../../attachments/attachments";
import type { GoBack } from "./composer";
import { GenerationCard } from "./generation_card";
import type { Reword } from "./next_action";
import type { Entry } from "./timeline";
import { TurnSteps } from "./turn_steps";
import { useProject, useWorkbench } from "../session/context";
import { Icon } from "../controls/icons";
import { Menu } from "../controls/menu";
import { isBusy } from "../store/turns";
import { t } from "../../client/workbench_texts";
import type { Message, Turn } from "../../client/types";

interface Props {
  entry: Entry;
  /** The newest answer, and whether this entry is the newest of all. */
  newest: string | undefined;
  latest: boolean;
  /** The app is as it was before it. */
  undone: boolean;
  reword: Reword;
  goBack: (to: GoBack) => void;
}

/** One request with what it set off; or an answer or a message that stands alone. */
export function Request({ entry: { person, turn, said, generation }, newest, latest, undone, reword, goBack }: Props): ReactElement {
  const { store, open } = useWorkbench();
  /** Where it was asked for: the question stands there. */
  const [asking, setAsking] = useState<"request" | "sum" | null>(null);
  const sure = turn && <TakeBack turn={turn} close={() => setAsking(null)} />;
  return (
    <div className={undone ? "wb-entry wb-undone" : "wb-entry"}>
      {person && <Asked message={person} turn={turn} goBack={goBack} takeBack={() => setAsking("request")} />}
      {person && <SentFiles project={store.api.id} files={person.attachments} open={(path) => open({ path })} />}
      {undone && <p className="wb-took">{t("workbench.chat.undone")}</p>}
      {asking === "request" && sure}
      {turn
        ? <TurnSteps turn={turn} said={said} latest={latest} reword={reword} takeBack={() => setAsking("sum")} />
        : said.map((message) => <p key={message.id} className="wb-answer">{message.text}</p>)}
      {asking === "sum" && sure}
      {generation && <GenerationCard generation={generation} latest={generation.id === newest} reword={reword} />}
    </div>
  );
}

interface AskedProps {
  message: Message;
  turn: Turn | undefined;
  goBack: (to: GoBack) => void;
  takeBack: () => void;
}

/** The person's words, with what can be done about them later. */
function Asked({ message, turn, goBack, takeBack }: AskedProps): ReactElement {
  const { store, attempt } = useWorkbench();
  const state = useProject();
  const busy = isBusy(state) ? t("workbench.turn.wait") : null;
  const nothing = turn?.base && turn.version ? null : t("workbench.turn.nothing");
  const again = async (of: Turn): Promise<void> => {
    await store.flush();
    const attachments = message.attachments.map(({ id }) => id);
    await store.api.say({ text: of.prompt, model: of.model, mode: of.mode, instead_of: of.id, attachments });
  };
  return (
    <div className="wb-asked">
      {turn && (
        <Menu
          label={t("workbench.turn.menu")} className="wb-icon-button"
          items={[
            { label: t("workbench.turn.edit"), note: t("workbench.turn.edit.note"), disabled: busy, run: () => goBack({ turn: turn.id, text: turn.prompt }) },
            { label: t("workbench.turn.again"), disabled: busy, run: () => attempt(() => again(turn)) },
            { label: t("workbench.turn.back"), disabled: nothing ?? busy, run: takeBack },
          ]}
        >
          <Icon name="dots" />
        </Menu>
      )}
      <p className="wb-said"><span className="wb-sr">{t("workbench.chat.you")} </span>{message.text}</p>
    </div>
  );
}

/** Asks once; afterwards it can be undone. */
function TakeBack({ turn, close }: { turn: Turn; close: () => void }): ReactElement {
  const { store, toast, attempt } = useWorkbench();
  const goBack = async (): Promise<void> => {
    close();
    await store.flush();
    await store.api.turn(turn.id, "take-back");
    toast({ text: t("workbench.turn.taken_back"), action: { label: t("workbench.undo"), run: () => attempt(store.api.undo) } });
  };
  return (
    <div className="wb-note wb-take-back" role="group" aria-label={t("workbench.turn.back")}>
      <p>{t("workbench.turn.back.sure")}</p>
      <p className="wb-row">
        <button type="button" className="wb-button" autoFocus onClick={close}>{t("workbench.turn.back.keep")}</button>
        <button type="button" className="wb-button" onClick={() => attempt(goBack)}>{t("workbench.turn.back")}</button>
      </p>
    </div>
  );
}
