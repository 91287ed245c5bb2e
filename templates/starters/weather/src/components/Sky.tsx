import type { Condition } from "../content"

/** A sign for the weather, drawn in the colour of the text around it. */
export function Sky({ condition, className = "size-6" }: { condition: Condition; className?: string }) {
  const cloud = "M7 17.5a4 4 0 0 1-.4-7.98 5.5 5.5 0 0 1 10.6-.9A4.5 4.5 0 0 1 17 17.5Z"
  return (
    <svg viewBox="0 0 24 24" className={className} fill="none" stroke="currentColor" strokeWidth="1.4" strokeLinecap="round" strokeLinejoin="round" aria-hidden="true">
      {condition === "clear" ? (
        <>
          <circle cx="12" cy="12" r="4.5" fill="currentColor" fillOpacity=".18" />
          <path d="M12 2.5v2M12 19.5v2M2.5 12h2M19.5 12h2M5.3 5.3l1.4 1.4M17.3 17.3l1.4 1.4M18.7 5.3l-1.4 1.4M6.7 17.3l-1.4 1.4" />
        </>
      ) : (
        <path d={cloud} fill="currentColor" fillOpacity=".18" transform={condition === "cloudy" ? "" : "translate(0 -2.5)"} />
      )}
      {condition === "rain" && <path d="M8 18l-1 3M12.5 18l-1 3M17 18l-1 3" />}
      {condition === "snow" && <path d="M7.5 19h.01M12 18.2h.01M16.5 19h.01M9.8 21.5h.01M14.2 21.5h.01" strokeWidth="2.2" />}
    </svg>
  )
}
