/**
 * The types of the API and its streams, under the names that the pages use. `api.d.ts` is made by `script/api-types`.
 */

import type { components, operations } from "./api";

export type Schemas = components["schemas"];

/** The JSON response of the operation with this name. */
export type Answer<Name extends keyof operations> = operations[Name] extends { responses: infer Responses }
  ? Extract<Responses[keyof Responses], { content: { "application/json": unknown } }>["content"]["application/json"]
  : never;

/** The JSON request body of the operation with this name. */
export type Body<Name extends keyof operations> = operations[Name] extends { requestBody?: infer Content }
  ? Extract<Content, { content: { "application/json": unknown } }>["content"]["application/json"]
  : never;

export type Project = Schemas["ProjectView"];
export type Role = Schemas["MemberRole"];
export type People = Schemas["ProjectPeopleView"];
export type Invited = Schemas["InvitationMade"];
export type Version = Schemas["VersionView"];
export type Message = Schemas["MessageView"];
export type Attachment = Schemas["AttachmentView"];
export type Generation = Schemas["GenerationView"];
export type Turn = Schemas["TurnView"];
export type TurnStep = Schemas["StepView"];
/** The part of the running app that a request is about. */
export type About = Schemas["PointedAt"];
export type TurnMode = Turn["mode"];
export type TurnPlan = Body<"build_plan">["plan"];
export type Decision = Schemas["DecisionView"];
export type DisputedFile = Schemas["DisputedFile"];
export type CheckReport = Schemas["CheckReport"];
export type PageAsk = Schemas["PageAsk"];
export type PageAnswer = Schemas["PageAnswer"];
export type StepChoices = Schemas["StepChoices"];
export type Remedy = Schemas["GenerationFault"]["remedy"];
export type Share = Schemas["ShareView"];
export type Scan = Schemas["ScanView"];
export type WireFile = Schemas["WorkingFiles"]["files"][string];
export type HeadChange = Omit<Schemas["VersionCommittedFact"], "version">;
export type FieldSet = Schemas["FieldSetFact"];
export type ClosedEdit = Schemas["EditClosedFact"];
export type ToolUse = Schemas["ToolUsedFact"];
export type ProjectEvent = Schemas["ProjectEvent"];
export type TextFrame = Schemas["TextPieceFrame"];
export type GenerationText = Schemas["GenerationText"];
export type SentCall = Schemas["SentCallView"];
export type BudgetView = Schemas["BudgetView"];
export type Caps = Schemas["Caps"];
export type ProviderKey = Schemas["ProviderKey"];
export type ModelChoice = Schemas["MenuEntry"];
export type Engines = Schemas["EngineView"];
export type RunSettings = Schemas["RunView"];
export type DatabaseMode = Schemas["Mode"];
export type DatabaseCopy = Schemas["DatabaseCopy"];
export type DatabaseView = Schemas["DatabaseAnswer"];
export type PackagesView = Schemas["PackagesView"];
export type HeldPackage = Schemas["HeldPackage"];
export type NamedPackage = Schemas["NamedPackage"];
/** `restarts`: the server has to restart for the change to take effect. */
export type HostsView = Schemas["HostsView"] & Partial<Schemas["HostsChanged"]>;
export type Snapshot = Schemas["Snapshot"];
export type WorkingFiles = Schemas["WorkingFiles"];
export type ShareChange = Schemas["ShareChange"];
export type ServerView = Schemas["ServerView"] & { usage?: Usage | null };
export type ListedServer = Schemas["ListedServer"];
export type ServerList = Schemas["ServerList"];
export type Usage = Schemas["GaugeReading"];
