import type { DisplayMessage } from '../../../src/contract/visitor-wire.js';

const COLOUR = /^#[0-9a-f]{6}$/i;

/** As WCAG has it, but for the blackest few, which are nowhere near the border. */
function luminance(colour: string): number {
  const part = (at: number): number => ((parseInt(colour.slice(at, at + 2), 16) / 255 + 0.055) / 1.055) ** 2.4;
  return 0.2126 * part(1) + 0.7152 * part(3) + 0.0722 * part(5);
}

/** Colours as custom properties, set through CSSOM: no policy for styles forbids that. */
export function paint(element: HTMLElement, { accent, background, text, dark }: NonNullable<DisplayMessage['theme']>): void {
  const set = (name: string, colour: string | undefined): void => {
    if (colour && COLOUR.test(colour)) element.style.setProperty(name, colour);
  };
  set('--a', accent);
  set('--lb', background);
  set('--lt', text);
  // Black or white, whichever is easier to read on it: one of them always has more than 4.5 to 1.
  if (accent && COLOUR.test(accent)) set('--o', luminance(accent) > 0.179 ? '#000000' : '#ffffff');
  if (dark) element.classList.add('dark');
}
