/** The parts of the workbench that F6 cycles through, in visual order. */
const REGIONS = ".wb-bar, .wb-chat, .wb-pane, .wb-bottom";
const FOCUSABLE = "a[href], button:enabled, input:enabled, textarea:enabled, select:enabled, iframe, [tabindex='0']";

const isShown = (element: HTMLElement): boolean => element.checkVisibility({ visibilityProperty: true });

/**
 * Moves the focus to the next part of the page or to the previous one: to the element that had the focus there last.
 */
export class Regions {
  private readonly last = new WeakMap<Element, HTMLElement>();

  /** Remembers which element has the focus; returns a function that removes the listener. */
  follow(): () => void {
    const seen = ({ target }: FocusEvent): void => {
      if (!(target instanceof HTMLElement)) return;
      const region = target.closest(REGIONS);
      if (region) this.last.set(region, target);
    };
    document.addEventListener("focusin", seen);
    return () => document.removeEventListener("focusin", seen);
  }

  go(back: boolean): void {
    const regions = [...document.querySelectorAll<HTMLElement>(REGIONS)].filter(isShown);
    const here = regions.findIndex((region) => region.contains(document.activeElement));
    const step = back ? -1 : 1;
    const from = here < 0 && back ? 0 : here;
    for (let count = 1; count <= regions.length; count++) {
      const region = regions[(from + step * count + regions.length * 2) % regions.length];
      const target = region && this.targetOf(region);
      if (!target) continue;
      target.focus();
      return;
    }
  }

  private targetOf(region: HTMLElement): HTMLElement | undefined {
    const last = this.last.get(region);
    if (last?.isConnected && region.contains(last) && isShown(last)) return last;
    return [...region.querySelectorAll<HTMLElement>(FOCUSABLE)].find(isShown);
  }
}
