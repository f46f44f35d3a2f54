import { Group, Text } from '@mantine/core';
import { Fragment, type ReactNode } from 'react';

const MARK = '\u0001';
/** What to give the translation for each slot, so that {@link Sentence} finds it. */
export const marks = (names: readonly string[]): { defaultValue: string } => Object.fromEntries(names.map((name) => [name, `${MARK}${name}${MARK}`])) as { defaultValue: string };

/** A sentence with controls in it. The language file owns the order: `text` is its words, with the marks of the slots. */
export function Sentence({ text, slots }: { text: string; slots: Record<string, ReactNode> }) {
  return (
    <Group gap={6} wrap="wrap" align="center">
      {text.split(MARK).map((part, index) => {
        if (index % 2 === 1) return <Fragment key={part}>{slots[part]}</Fragment>;
        return part.trim() === '' ? null : <Text key={`words ${index}`} span size="sm">{part.trim()}</Text>;
      })}
    </Group>
  );
}
