declare module 'tailwindcss3/lib/*' {
  const made: unknown
  export default made
}
declare module '@tailwindcss/forms' {
  const made: unknown
  export default made
}
declare module '@tailwindcss/typography' {
  const made: unknown
  export default made
}
declare module 'tailwindcss-animate' {
  const made: unknown
  export default made
}
