import type { ProjectApi } from "../store/api";

/** Save the project as a zip file; with `docker`, one that runs on any machine with Docker. Rejects with `ApiError`, `secrets_found` where a secret is in it. */
export async function download(api: ProjectApi, docker = false): Promise<void> {
  const { name, body } = await api.archive(docker);
  const link = document.createElement("a");
  link.href = URL.createObjectURL(body);
  link.download = name;
  link.click();
  // The browser has begun to read it by then.
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}
