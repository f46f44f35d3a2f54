import { Group, Stack, Text } from '@mantine/core';
import { useFormat } from '../lib/format.ts';
import classes from './interval-bar.module.css';
import { place, ticksOf } from './ticks.ts';

export interface Interval { key: string; label: string; text: string; lo: number; hi: number }

const WIDTH = 600;
const HEIGHT = 30;
/** Half of the scale: the furthest end, and room to see it. */
const scaleOf = (intervals: readonly Interval[]) => Math.max(0.1, ...intervals.flatMap(({ lo, hi }) => [Math.abs(place(lo)), Math.abs(place(hi))])) * 1.08;

/**
 * Differences with their uncertainty, one bar each, zero in the middle of all. The scale is that of ratios: twice as good is as
 * far to the right as half as good to the left. The text says the same, so nothing is lost to who does not see it.
 */
export function IntervalBars({ intervals, zero, description }: { intervals: readonly Interval[]; zero: string; description(interval: Interval): string }) {
  const format = useFormat();
  const scale = scaleOf(intervals);
  const x = (lift: number) => WIDTH / 2 + (place(lift) / scale) * (WIDTH / 2);
  return (
    <Stack gap="md">
      {intervals.map((interval) => {
        const isClear = interval.lo > 0 || interval.hi < 0;
        return (
          <div key={interval.key}>
            <Group justify="space-between" gap="xs"><Text size="sm" fw={600}>{interval.label}</Text><Text size="sm" className={classes.numbers}>{interval.text}</Text></Group>
            <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} className={classes.bar} role="img" aria-label={description(interval)} preserveAspectRatio="none">
              <line x1={0} x2={WIDTH} y1={HEIGHT / 2} y2={HEIGHT / 2} className={classes.axis} />
              <rect x={x(interval.lo)} width={Math.max(2, x(interval.hi) - x(interval.lo))} y={8} height={HEIGHT - 16} rx={4} className={isClear ? classes.clear : classes.open} />
              <line x1={WIDTH / 2} x2={WIDTH / 2} y1={0} y2={HEIGHT} className={classes.zero} />
            </svg>
          </div>
        );
      })}
      <div className={classes.ticks} aria-hidden>{ticksOf(scale).map((lift) => <span key={lift} style={{ insetInlineStart: `${((x(lift) / WIDTH) * 100).toFixed(2)}%` }}>{format.change(lift)}</span>)}</div>
      <Text size="xs" c="dimmed" ta="center">{zero}</Text>
    </Stack>
  );
}
