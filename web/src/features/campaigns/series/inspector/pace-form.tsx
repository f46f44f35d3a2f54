import { Stack } from '@mantine/core';
import { CampaignPacingFields } from '../../../pacing/campaign-fields.tsx';
import { RampFields } from '../../../safety/ramp-fields.tsx';
import { useSeries } from '../editor-context.tsx';

/** How much the messages of a series matter, when they may go, and whether those who are there at the launch come in stages. */
export function PaceForm() {
  const { series, change, readOnly } = useSeries();
  const { entry } = series;
  const launches = entry?.type === 'segment' ? entry.on !== 'left' && entry.take !== 'future_only' : (entry?.type === 'event' || entry?.type === 'date') && (entry.take ?? 'future_only') !== 'future_only';
  return (
    <Stack gap="md">
      {(launches || series.ramp) && <RampFields value={series.ramp} readOnly={readOnly} onChange={(next, field) => { change(({ ramp: _before, ...now }) => (next ? { ...now, ramp: next } : now), field); }} />}
      <CampaignPacingFields value={series.pacing ?? {}} reserves={false} readOnly={readOnly} onChange={(next, field) => { change(({ pacing: _before, ...now }) => (next ? { ...now, pacing: next } : now), field && `pacing.${field}`); }} />
    </Stack>
  );
}
