/** What is used of a library that has no types. */
declare module 'upng-js' {
  interface Picture {
    readonly width: number;
    readonly height: number;
  }
  const UPNG: {
    readonly decode: (file: ArrayBuffer) => Picture;
    readonly toRGBA8: (picture: Picture) => ArrayBuffer[];
    /** @param colorCount of the palette; 0 keeps all colours */
    readonly encode: (frames: ArrayBuffer[], width: number, height: number, colorCount: number) => ArrayBuffer;
  };
  export default UPNG;
}
