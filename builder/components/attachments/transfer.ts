import { useEffect, useState, type RefObject } from "react";

/** The files of a paste; none when text was copied with them, as from a spreadsheet: then the text is meant. */
export function pastedFiles(data: DataTransfer): File[] {
  return data.types.includes("text/plain") ? [] : [...data.files];
}

/** What is dropped on `zone` goes to `add`, folders by their names; returns whether something is held over it. */
export function useDrop(zone: RefObject<HTMLElement | null>, add: (files: File[], folders: string[]) => void): boolean {
  const [over, setOver] = useState(false);
  useEffect(() => {
    const element = zone.current;
    if (!element) return;
    const held = (event: DragEvent): boolean => event.dataTransfer?.types.includes("Files") ?? false;
    const drag = (event: DragEvent): void => {
      if (!held(event)) return;
      event.preventDefault();  // else the browser opens the file instead of the page
      setOver(true);
    };
    const leave = (event: DragEvent): void => {
      if (!element.contains(event.relatedTarget as Node | null)) setOver(false);
    };
    const drop = (event: DragEvent): void => {
      setOver(false);
      if (!held(event)) return;
      event.preventDefault();
      const items = [...(event.dataTransfer?.items ?? [])].filter(({ kind }) => kind === "file");
      const isFolder = items.map((item) => item.webkitGetAsEntry()?.isDirectory ?? false);
      const files = [...(event.dataTransfer?.files ?? [])];
      add(files.filter((_, at) => !isFolder[at]), files.filter((_, at) => isFolder[at]).map(({ name }) => name));
    };
    element.addEventListener("dragenter", drag);
    element.addEventListener("dragover", drag);
    element.addEventListener("dragleave", leave);
    element.addEventListener("drop", drop);
    return () => {
      element.removeEventListener("dragenter", drag);
      element.removeEventListener("dragover", drag);
      element.removeEventListener("dragleave", leave);
      element.removeEventListener("drop", drop);
    };
  }, [zone, add]);
  return over;
}
