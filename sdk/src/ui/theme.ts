import type { DisplayMessage } from '../../../src/contract/visitor-wire.js';

/**
 * Colours as custom properties of the same names, set through CSSOM: no policy for styles forbids that. The server has looked
 * whether they can be read.
 */
export function paint({ style }: HTMLElement, theme: DisplayMessage['theme']): void {
  for (const [name, colour] of Object.entries(theme ?? {}) as [string, string][]) if (/^#[\da-f]{6}$/i.test(colour)) style.setProperty(`--${name}`, colour);
}
