import { Text } from '@mantine/core';
import { useLabels, type LabelKind } from '../lib/labels.ts';

/** An event or attribute by its label, with the name it has in code beside it; without a label, that name alone. */
export function Labelled({ kind, name }: { kind: LabelKind; name: string }) {
  const label = useLabels().labelOf(kind, name);
  return label === null ? <>{name}</> : <>{label} <Text span size="xs" c="dimmed" ff="monospace" style={{ overflowWrap: 'anywhere' }}>{name}</Text></>;
}
