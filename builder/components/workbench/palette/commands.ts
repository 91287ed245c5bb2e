import { listeners } from "../store/listeners";

/** Something that can be done, as the palette lists it. `keys` are shown, such as "Ctrl+S"; `language` where the label is in another than the page's. */
export interface Command {
  label: string;
  language?: string | undefined;
  keys?: string | undefined;
  run: () => void;
}

type Offer = () => readonly Command[];

const offers = new Set<Offer>();
const told = listeners<void>();

/** What a part of the page can do while it is there; returns a function that takes the offer back. */
export function offer(commands: Offer): () => void {
  offers.add(commands);
  told.tell();
  return () => {
    offers.delete(commands);
    told.tell();
  };
}

export const offered = (): Command[] => [...offers].flatMap((one) => one());
