// What the page's own packages give; they are installed where the page is built, and only this much is used.

declare module "*.css";

declare module "react-router" {
  export function useParams(): Record<string, string | undefined>;
}
