/** MJML 5 ships no types; this is the part we use. */
declare module 'mjml' {
  export interface MjmlError {
    line: number;
    message: string;
    tagName?: string;
  }
  export default function mjml2html(source: string, options: {
    validationLevel: 'soft' | 'strict' | 'skip';
    keepComments?: boolean;
    ignoreIncludes?: boolean;
    useMjmlConfigOptions?: boolean;
    minify?: boolean;
    beautify?: boolean;
    fonts?: Record<string, string>;
  }): Promise<{ html: string; errors: MjmlError[] }>;
}
