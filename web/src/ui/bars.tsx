import { Group, Stack, Text } from '@mantine/core';
import classes from './bars.module.css';

export interface Bar { key: string; label: string; /** What is written beside it, the whole number and share. */ text: string; value: number; /** A second, larger value drawn hatched behind the first: what it may be at most. */ atMost?: number }

/** Numbers as horizontal bars of one scale, each with its words, so that nothing is said by length or colour alone. */
export function Bars({ bars, whole }: { bars: readonly Bar[]; whole?: number }) {
  const most = Math.max(1, whole ?? 0, ...bars.map(({ value, atMost = 0 }) => Math.max(value, atMost)));
  const width = (value: number) => `${((value / most) * 100).toFixed(2)}%`;
  return (
    <Stack gap={6}>
      {bars.map(({ key, label, text, value, atMost }) => (
        <div key={key} className={classes.row}>
          <Group justify="space-between" gap={6} wrap="wrap"><Text size="sm">{label}</Text><Text size="sm" fw={600} className={classes.value}>{text}</Text></Group>
          <div className={classes.track}>{atMost !== undefined && <div className={classes.faint} style={{ width: width(atMost) }} />}<div className={classes.fill} style={{ width: width(value) }} /></div>
        </div>
      ))}
    </Stack>
  );
}
