/** What is used of a library that has no types. */
declare module 'upng-js' {
  /** @param colorCount of the palette; 0 keeps all colours */
  function encode(frames: ArrayBuffer[], width: number, height: number, colorCount: number): ArrayBuffer;
  function decode(file: ArrayBuffer): { readonly width: number; readonly height: number };
  function toRGBA8(picture: ReturnType<typeof decode>): ArrayBuffer[];
  const UPNG: { readonly encode: typeof encode; readonly decode: typeof decode; readonly toRGBA8: typeof toRGBA8 };
  export default UPNG;
}
