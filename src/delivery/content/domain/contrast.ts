/** Ours, where an author chose none. Both pairs are above 15 to 1. */
export const LIGHT = { background: '#ffffff', text: '#17191f' } as const;
/** Ours for whoever prefers dark colours, as `sdk/src/ui/style.ts` has them. */
export const DARK = { background: '#1d1f26', text: '#f3f4f7' } as const;
/** WCAG 2.2, 1.4.3: words that are not large. */
export const LEAST_CONTRAST = 4.5;

function luminance(colour: string): number {
  const [r, g, b] = [1, 3, 5].map((at) => {
    const part = parseInt(colour.slice(at, at + 2), 16) / 255;
    return part <= 0.040_45 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r! + 0.7152 * g! + 0.0722 * b!;
}

/** WCAG contrast of two colours written as #rrggbb, from 1 to 21. */
export function contrast(one: string, other: string): number {
  const [dark, light] = [luminance(one), luminance(other)].toSorted((a, b) => a - b);
  return (light! + 0.05) / (dark! + 0.05);
}

/** Black or white, whichever is easier to read on a colour: one of them always has more than 4.5 to 1. */
export const readableOn = (colour: string): string => (contrast('#000000', colour) > contrast('#ffffff', colour) ? '#000000' : '#ffffff');
