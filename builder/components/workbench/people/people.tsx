import { type FormEvent, type ReactElement, useCallback, useEffect, useState } from "react";
import { Icon } from "../controls/icons";
import { Sure } from "../controls/sure";
import { useProject, useWorkbench } from "../session/context";
import { mayShare } from "../store/state";
import { ApiError } from "../../client/http";
import type { Invited, People as Everybody, Role } from "../../client/types";
import { t } from "./texts";
import "./people.css";

const GIVEN = ["viewer", "commenter", "editor", "admin"] as const;
type Given = (typeof GIVEN)[number];
type Member = Everybody["collaborators"][number];

const nameOf = ({ name, username, account }: Member): string => name || username || account;

/** Who can open the project: seen by all of them, changed by those who may. Nothing where nobody has an account. */
export function People(): ReactElement | null {
  const { store, attempt, toast } = useWorkbench();
  const state = useProject();
  const [people, setPeople] = useState<Everybody | null>(null);
  const load = useCallback(async (): Promise<void> => {
    try {
      setPeople(await store.api.people());
    } catch (error) {
      if (!(error instanceof ApiError) || error.code !== "accounts_off") throw error;
    }
  }, [store]);
  useEffect(() => attempt(load), [attempt, load, state.role]);
  if (!people) return null;
  const leads = mayShare(state);
  const run = (work: () => Promise<unknown>, done?: string): void => attempt(async () => {
    await work();
    if (done) toast({ text: done });
    await load();
  });
  const setRole = (member: Member, role: Given): void =>
    run(() => store.api.setRole(member.account, role), t("access.changed", { name: nameOf(member), role: t(`access.role.${role}`) }));
  return (
    <section className="wb-people" aria-label={t("access.people")}>
      <h3>{t("access.people")}</h3>
      <p>{t("access.people.text")}</p>
      <ul>
        {people.owner && <Row member={people.owner} />}
        {people.members.map((member) => <Row key={member.account} member={member} note={people.team} />)}
        {people.collaborators.map((member) => (
          <Row
            key={member.account} member={member} mine={member.account === people.account}
            {...(leads && {
              setRole: (role: Given) => setRole(member, role),
              remove: () => run(() => store.api.removePerson(member.account), t("access.removed", { name: nameOf(member) })),
            })}
          />
        ))}
        {people.invitations.map(({ id, email, role }) => {
          const whom = email || t("access.invited_link");
          return (
            <li key={id}>
              <span>{t("access.invited", { whom })}</span>
              <small>{t(`access.role.${role}`)}</small>
              <button type="button" className="wb-button wb-small" aria-label={t("access.withdraw_who", { name: whom })} onClick={() => run(() => store.api.withdraw(id))}>
                {t("access.withdraw")}
              </button>
            </li>
          );
        })}
      </ul>
      {leads && <Invite done={load} />}
      {leads && <SeenBy team={people.team} />}
    </section>
  );
}

interface RowProps {
  member: Member;
  note?: string;
  /** It is the person who looks: they can leave. */
  mine?: boolean;
  setRole?: (role: Given) => void;
  remove?: () => void;
}

function Row({ member, note = "", mine = false, setRole, remove }: RowProps): ReactElement {
  const name = nameOf(member);
  return (
    <li>
      <span>{name}{note && <small> {note}</small>}</span>
      {setRole && member.role !== "owner"
        ? <Roles label={t("access.role_of", { name })} role={member.role} set={setRole} />
        : <small>{t(`access.role.${member.role}`)}</small>}
      {mine && <Leave account={member.account} />}
      {!mine && remove && <button type="button" className="wb-button wb-small" aria-label={t("access.remove_who", { name })} onClick={remove}>{t("access.remove")}</button>}
    </li>
  );
}

function Roles({ label, role, set }: { label: string; role: Role; set: (role: Given) => void }): ReactElement {
  return (
    <select aria-label={label} value={role} onChange={(event) => set(event.currentTarget.value as Given)}>
      {GIVEN.map((one) => <option key={one} value={one}>{t(`access.role.${one}`)}</option>)}
    </select>
  );
}

/** By address or username, or with a link that one person gets. */
function Invite({ done }: { done: () => Promise<void> }): ReactElement {
  const { store, attempt } = useWorkbench();
  const [whom, setWhom] = useState("");
  const [role, setRole] = useState<Given>("editor");
  const [made, setMade] = useState<{ invited: Invited; whom: string } | null>(null);
  const invite = (name: string): void => attempt(async () => {
    const invited = await store.api.invite(name.includes("@") ? { email: name, role } : { username: name, role });
    setMade({ invited, whom: name });
    setWhom("");
    await done();
  });
  const send = (event: FormEvent): void => {
    event.preventDefault();
    if (whom.trim()) invite(whom.trim());
  };
  return (
    <form className="wb-invite" onSubmit={send}>
      <label className="wb-field">
        <span>{t("access.whom")}</span>
        <input value={whom} onChange={(event) => setWhom(event.currentTarget.value)} autoComplete="off" autoCapitalize="none" maxLength={255} />
      </label>
      <label className="wb-field">
        <span>{t("access.role")}</span>
        <select value={role} onChange={(event) => setRole(event.currentTarget.value as Given)}>
          {GIVEN.map((one) => <option key={one} value={one}>{t(`access.role.${one}`)}</option>)}
        </select>
      </label>
      <small className="wb-quiet">{t(`access.role.${role}.note`)}</small>
      <div className="wb-row">
        <button type="submit" className="wb-button">{t("access.send")}</button>
        <button type="button" className="wb-button" onClick={() => invite("")}>
          <Icon name="link" />
          {t("access.link")}
        </button>
      </div>
      <div role="status">{made && <MadeLink {...made} />}</div>
    </form>
  );
}

function MadeLink({ invited, whom }: { invited: Invited; whom: string }): ReactElement {
  const { attempt, toast } = useWorkbench();
  if (invited.mailed) return <p className="wb-note wb-note-good">{t("access.sent", { whom })}</p>;
  const copy = async (): Promise<void> => {
    await navigator.clipboard.writeText(invited.link);
    toast({ text: t("access.copied") });
  };
  return (
    <div className="wb-note wb-note-good">
      <p>{whom ? t("access.not_sent", { whom }) : t("access.link_made")}</p>
      <div className="wb-row">
        <input readOnly value={invited.link} aria-label={t("access.the_link")} onFocus={(event) => event.currentTarget.select()} />
        <button type="button" className="wb-button wb-small" onClick={() => attempt(copy)}>{t("access.copy")}</button>
      </div>
    </div>
  );
}

/** Who sees the project beside those who were invited. */
function SeenBy({ team }: { team: string }): ReactElement | null {
  const { store, attempt } = useWorkbench();
  const { project } = useProject();
  if (!project) return null;
  return (
    <label className="wb-field">
      <span>{t("access.seen_by")}</span>
      <select
        value={team === "" && project.visibility === "private" ? "team" : project.visibility}
        onChange={(event) => {
          const visibility = event.currentTarget.value as typeof project.visibility;
          attempt(() => store.api.change({ visibility }));
        }}
      >
        {team !== "" && <option value="private">{t("access.seen.private")}</option>}
        <option value="team">{team ? t("access.seen.team", { team }) : t("access.seen.nobody")}</option>
        <option value="public">{t("access.seen.public")}</option>
      </select>
      {project.visibility === "public" && <small className="wb-quiet">{t("access.seen.public.note")}</small>}
    </label>
  );
}

/** A collaborator goes by themselves; whose own or whose team's it is has no such button. */
function Leave({ account }: { account: string }): ReactElement {
  const { store, attempt } = useWorkbench();
  const [asking, setAsking] = useState(false);
  const leave = (): void => attempt(async () => {
    await store.api.removePerson(account);
    location.assign("/");
  });
  if (!asking) return <button type="button" className="wb-button wb-small" onClick={() => setAsking(true)}>{t("access.leave")}</button>;
  return (
    <Sure text={t("access.leave.sure")} keep={t("access.leave.keep")} no={() => setAsking(false)}>
      <button type="button" className="wb-button wb-bad" onClick={leave}>{t("access.leave")}</button>
    </Sure>
  );
}
