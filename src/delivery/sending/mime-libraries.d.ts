/** The parts we use of two libraries that ship without types. */
declare module 'libqp' {
  const libqp: { encode(text: string | Buffer): string; wrap(encoded: string, lineLength?: number): string };
  export default libqp;
}
declare module 'libmime' {
  const libmime: { encodeWord(text: string, encoding: 'Q' | 'B'): string; foldLines(line: string, lineLength?: number): string };
  export default libmime;
}
