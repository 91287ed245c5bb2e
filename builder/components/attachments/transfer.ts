import { useEffect, useState, type RefObject } from "react";

/** The files of a paste; none when text was copied with them, as from a spreadsheet: then the text is meant. */
export function pastedFiles(data: DataTransfer): File[] {
  return data.types.includes("text/plain") ? [] : [...data.files];
}

/** Files dropped on `zone` go to `add`; returns whether some are held over it. */
export function useDrop(zone: RefObject<HTMLElement | null>, add: (files: File[]) => void): boolean {
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
      const items = [...(event.dataTransfer?.items ?? [])];
      const folders = items.filter((item) => item.webkitGetAsEntry()?.isDirectory).length;
      const files = [...(event.dataTransfer?.files ?? [])];
      add(folders ? files.filter((_, at) => !items[at]?.webkitGetAsEntry()?.isDirectory) : files);
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
