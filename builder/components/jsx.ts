import { createElement, type CSSProperties, type ElementType, type ReactElement, type ReactNode } from "react";

interface Props {
  css?: CSSProperties;
  style?: CSSProperties;
}

/**
 * What Reflex's pages take from `@emotion/react`, whose runtime every page would load to turn `css` into classes. Ours
 * are styled by classes already: the little that stands in `css`, a colour or a width, is a style of the element. It
 * knows no selectors.
 */
export function jsx(type: ElementType, props: Props | null, ...children: ReactNode[]): ReactElement {
  if (!props?.css) return createElement(type, props, ...children);
  const { css, ...rest } = props;
  return createElement(type, { ...rest, style: { ...css, ...rest.style } }, ...children);
}
