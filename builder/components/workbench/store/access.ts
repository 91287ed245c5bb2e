import { ApiError } from "../../client/http";
import type { ProjectApi } from "./api";
import { mayEdit, type State } from "./state";

/** What the person may do in the project, asked anew when it may have changed; and what they typed and may not write. */
export class Access {
  constructor(
    private readonly api: ProjectApi,
    private readonly state: () => State,
    private readonly set: (next: State) => void,
    /** Writes the present text of files. */
    private readonly write: (path: string) => void,
  ) {}

  /** False when the person may not see the project any more. */
  readonly stillHere = async (): Promise<boolean> => {
    try {
      const { role, archived_at } = await this.api.role();
      const { project, unsent } = this.state();
      this.set({ ...this.state(), role, project: project && { ...project, archived_at } });
      if (mayEdit(this.state()) && unsent.length > 0) {
        this.set({ ...this.state(), unsent: [] });
        unsent.forEach(this.write);
      }
      return true;
    } catch (error) {
      if (!(error instanceof ApiError) || error.status !== 404) throw error;
      this.set({ ...this.state(), load: "missing" });
      return false;
    }
  };

  /** What was typed stays as it is shown, and in the journal, until the person may write it. */
  keep(paths: string[]): void {
    this.set({ ...this.state(), unsent: [...new Set([...this.state().unsent, ...paths])] });
    this.stillHere().catch(() => undefined);  // without an answer, the stream asks again
  }
}
