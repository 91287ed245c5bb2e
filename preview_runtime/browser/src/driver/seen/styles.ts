/**
 * How an element looks, as far as a person can tell. Each property by its own name, which a browser reads in two thirds of
 * the time that `getPropertyValue` takes: of a look at a page this is most.
 */
export const stylesOf = (style: CSSStyleDeclaration): string => [
  style.color, style.backgroundColor, style.backgroundImage, style.borderTopColor, style.borderTopWidth, style.borderBottomWidth, style.borderLeftColor, style.borderRadius,
  style.boxShadow, style.outlineStyle, style.opacity, style.fontSize, style.fontWeight, style.fontStyle, style.textDecorationLine, style.textAlign, style.textTransform,
  style.transform, style.cursor, style.pointerEvents, style.filter, style.clipPath, style.fill, style.stroke, style.strokeDashoffset, style.zIndex,
  style.visibility, style.overflowX, style.overflowY, style.textOverflow, style.whiteSpaceCollapse, style.textWrapMode, style.webkitLineClamp, style.fontFamily, style.lineHeight,
  style.letterSpacing, style.objectFit, style.listStyleType, style.appearance, style.animationName, style.touchAction, style.userSelect, style.accentColor,
].join()

/** The same of a shape within a drawing, which has no box and no words of its own. */
export const stylesOfShape = (style: CSSStyleDeclaration): string => [
  style.color, style.opacity, style.transform, style.cursor, style.pointerEvents, style.filter, style.clipPath, style.fill, style.stroke,
  style.strokeDashoffset, style.visibility, style.animationName, style.touchAction,
].join()
