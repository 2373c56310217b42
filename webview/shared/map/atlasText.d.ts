/** Bundled as text: a string is stored compactly and parsed only when a map needs it. */
declare module 'world-atlas/countries-110m.json' {
  const text: string;
  export default text;
}
declare module 'world-atlas/countries-50m.json' {
  const text: string;
  export default text;
}
