type Properties<K extends keyof HTMLElementTagNameMap> = Partial<HTMLElementTagNameMap[K]>;

/** What is empty is left out. */
export type Children = (Node | string | 0 | false | undefined)[];

/** An element with a class, children and properties; everything on the page is made here or in nodes.ts, never of markup. */
export function make<K extends keyof HTMLElementTagNameMap>(tag: K, className: string, children: Children, properties?: Properties<K>): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  element.className = className;
  element.append(...(children.filter(Boolean) as Node[]));
  return Object.assign(element, properties);
}

/** Words of the author, in whichever direction they are written. */
export const said = <K extends keyof HTMLElementTagNameMap>(tag: K, className: string, words: string): HTMLElementTagNameMap[K] =>
  make(tag, className, [words], { dir: 'auto' } as Properties<K>);

export const hasFocus = (element: HTMLElement): boolean => element.matches(':focus-within');

/** Words in the place of something else; focus stays there. @returns whether it was there */
export function replace(old: HTMLElement, fresh: HTMLElement, words: HTMLElement): boolean {
  const had = hasFocus(old);
  old.replaceWith(fresh);
  words.tabIndex = -1;
  if (had) words.focus();
  return had;
}
