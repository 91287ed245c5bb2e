import raw from "./content.json"

export interface Content {
  app: { name: string; tagline: string }
  sections: string[]
  lists: { id: string; name: string }[]
  tasks: { title: string; list: string; done: boolean }[]
  note: { title: string; text: string }
  labels: Record<
    | "add"
    | "new_task"
    | "list"
    | "all"
    | "open"
    | "done"
    | "clear"
    | "progress"
    | "lists"
    | "everything"
    | "all_done"
    | "empty"
    | "empty_done"
    | "undo",
    string
  >
}

export const content: Content = raw
