/** Percent of the way down; a page without a way is read to its end. Heights are rounded and positions are not: the last pixel counts. */
export const depthAt = (top: number, range: number): number => (top >= range - 1 ? 100 : Math.max((100 * top) / range, 0));
