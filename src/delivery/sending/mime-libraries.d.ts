/** The parts we use of a library that ships without types. */
declare module 'libmime' {
  const libmime: { encodeWord(text: string, encoding: 'Q' | 'B'): string };
  export default libmime;
}
