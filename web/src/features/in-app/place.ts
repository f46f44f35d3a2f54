/** What is wrong with a message, each with its place in the content: `title`, `buttons.0.url`, `translations.ko.body`. */
export interface Problem { path: string; message: string }
/** What stands at one place, to be shown at its field. */
export type At = (path: string) => string | undefined;

export const problemsAt = (problems: readonly Problem[], within = ''): At => (path) => {
  const found = problems.filter((one) => one.path === within + path).map(({ message }) => message);
  return found.length > 0 ? [...new Set(found)].join(' ') : undefined;
};
