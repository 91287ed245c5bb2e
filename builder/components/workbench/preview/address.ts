/** What a person typed into the address field: a path of the app at `preview`, or another site's address. */
export function addressed(typed: string, preview: string): { path: string } | { elsewhere: string } {
  const text = typed.trim();
  const asPath = { path: text.startsWith("/") ? text : `/${text}` };
  if (!/^(?:https?:)?\/\//i.test(text) || !URL.canParse(text, preview)) return asPath;
  const url = new URL(text, preview);
  if (url.origin === new URL(preview).origin) return { path: url.pathname + url.search + url.hash };
  return { elsewhere: url.href };
}
