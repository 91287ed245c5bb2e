/** A text without the name of the host: the same app is walked through at several, and may show its address. */
export const withoutHost = (text: string): string => text.replaceAll(location.host, 'app')
