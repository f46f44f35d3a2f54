import { wayKey } from './graph.js';
import type { Line, Outline } from './outline.js';

export interface Box { x: number; y: number; width: number; height: number }
export interface Layout {
  boxes: Map<string, Box>;
  /** Where the "+" of a way stands, by its key: centre and upper edge. */
  pluses: Map<string, { x: number; y: number }>;
  entry: Box;
  end: Box;
}

/** Pixels. Gaps leave room for the "+" of a way, for the name of an arm above it, and where arms meet for one "+" more. */
export const SIZE = { width: 232, height: 86, gapX: 36, gapY: 64, labelled: 96, meeting: 40, plus: 19, end: 40 };

interface Extent { width: number; height: number }

/**
 * Places for the steps, computed from the outline and never stored: a line goes down, the arms of a step stand side by side in
 * the order written, and what follows them is below the longest.
 */
export function layoutOf({ line }: Outline): Layout {
  const boxes = new Map<string, Box>();
  const pluses: Layout['pluses'] = new Map();
  const sizes = new Map<Line, Extent>();
  const sizeOf = (one: Line): Extent => {
    const known = sizes.get(one);
    if (known) return known;
    const blocks = one.items.map((item) => {
      const arms = item.arms.map((arm) => sizeOf(arm.line));
      return { width: Math.max(SIZE.width, arms.reduce((sum, { width }) => sum + width, (arms.length - 1) * SIZE.gapX)), height: SIZE.height + (arms.length > 0 ? SIZE.labelled + SIZE.meeting + Math.max(...arms.map(({ height }) => height)) : 0) };
    });
    const size = { width: Math.max(SIZE.width, ...blocks.map(({ width }) => width)), height: blocks.reduce((sum, { height }) => sum + height + SIZE.gapY, -SIZE.gapY) };
    sizes.set(one, { ...size, height: Math.max(0, size.height) });
    return sizes.get(one)!;
  };
  const place = (one: Line, centre: number, top: number): number => {
    let y = top;
    for (const item of one.items) {
      boxes.set(item.step.id, { x: centre - SIZE.width / 2, y, width: SIZE.width, height: SIZE.height });
      y += SIZE.height;
      if (item.arms.length === 0) for (const way of item.after) pluses.set(wayKey(way), { x: centre, y: y + SIZE.plus });
      else {
        const arms = item.arms.map((arm) => sizeOf(arm.line));
        let x = centre - (arms.reduce((sum, { width }) => sum + width, (arms.length - 1) * SIZE.gapX)) / 2;
        for (const [index, arm] of item.arms.entries()) {
          pluses.set(wayKey(arm.way), { x: x + arms[index]!.width / 2, y: y + SIZE.plus });
          place(arm.line, x + arms[index]!.width / 2, y + SIZE.labelled);
          x += arms[index]!.width + SIZE.gapX;
        }
        y += SIZE.labelled + SIZE.meeting + Math.max(...arms.map(({ height }) => height));
      }
      y += SIZE.gapY;
    }
    return y;
  };
  pluses.set(':start', { x: 0, y: SIZE.height + SIZE.plus });
  const below = place(line, 0, SIZE.height + SIZE.gapY);
  return { boxes, pluses, entry: { x: -SIZE.width / 2, y: 0, width: SIZE.width, height: SIZE.height }, end: { x: -SIZE.width / 2, y: below, width: SIZE.width, height: SIZE.end } };
}

/** The step that an arrow key leads to from another: the nearest in that direction; null where there is none. */
export function neighbour({ boxes, entry }: Layout, from: string | null, key: 'ArrowUp' | 'ArrowDown' | 'ArrowLeft' | 'ArrowRight'): string | null | undefined {
  const here = from === null ? entry : boxes.get(from);
  if (!here) return undefined;
  const [dx, dy] = { ArrowUp: [0, -1], ArrowDown: [0, 1], ArrowLeft: [-1, 0], ArrowRight: [1, 0] }[key] as [number, number];
  const near = [[null, entry] as const, ...boxes].flatMap(([id, box]) => {
    const [x, y] = [box.x - here.x, box.y - here.y];
    const ahead = x * dx + y * dy;
    // Sideways counts more, so that up and down stay in their line.
    return id !== from && ahead > 0 ? [{ id, distance: ahead + 3 * Math.abs(x * dy + y * dx) }] : [];
  }).toSorted((a, b) => a.distance - b.distance);
  return near[0]?.id;
}
