import { ApiError } from "../../client/http";
import type { Workbench } from "../session/context";
import type { ExportForm } from "../store/api";

/** Save the project. Where a secret is in it, that is shown instead. Rejects with any other `ApiError`. */
export async function download({ store, setPanel }: Pick<Workbench, "store" | "setPanel">, form: ExportForm): Promise<void> {
  await store.flush();
  try {
    const { name, body } = await store.api.archive(form);
    const link = document.createElement("a");
    link.href = URL.createObjectURL(body);
    link.download = name;
    link.click();
    // The browser has begun to read it by then.
    setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
  } catch (error) {
    if (!(error instanceof ApiError) || error.code !== "secrets_found") throw error;
    setPanel("scan");
  }
}
