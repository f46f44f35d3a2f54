import { Stack } from '@mantine/core';
import { Filters } from '../../../segments/builder/conditions.tsx';
import { EventSlot } from '../../../segments/builder/slots.tsx';
import type { Filter } from '../model.js';

/** An event and which of them are meant, by their properties. */
export function EventFields({ event, where, field, onChange }: { event: string; where: Filter[]; field: string; onChange(event: string, where: Filter[]): void }) {
  return (
    <Stack gap={6} data-field={field}>
      <EventSlot value={event} onChange={(next) => { onChange(next, where); }} />
      <Filters node={{ type: 'event', event, where: where as never, count: { op: 'at_least', value: 1 } }} onChange={(node) => { onChange(event, ('where' in node ? (node.where as Filter[] | undefined) : undefined) ?? []); }} />
    </Stack>
  );
}
