/** An element with a class and children; everything on the page is made here or in nodes.ts, never of markup. */
export function make<K extends keyof HTMLElementTagNameMap>(tag: K, className = '', ...children: (Node | string)[]): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  if (className) element.className = className;
  element.append(...children);
  return element;
}

export function attributes(element: Element, all: Readonly<Record<string, string>>): void {
  for (const name of Object.keys(all)) element.setAttribute(name, all[name]!);
}

export function button(className: string, label: string, run: () => void): HTMLButtonElement {
  const element = make('button', className, label);
  element.type = 'button';
  element.onclick = run;
  return element;
}

let ids = 0;
/** An id nobody else has inside our root. */
export function named<E extends Element>(element: E): E {
  element.id = `d${(ids += 1)}`;
  return element;
}
