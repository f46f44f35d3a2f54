import { Button, Card, CloseButton, Group, Select, Stack, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { Channel, Rung } from '../model.js';
import { emptyContent } from '../new-step.ts';
import { ContentFields } from './content-fields.tsx';
import { DurationField } from './fields.tsx';

const MOST_RUNGS = 4;
const CHANNELS = ['email', 'in_app', 'webhook', 'chat'] as const;
/** What can become of a message of each channel; nothing is known after a webhook or a notice. */
const SUCCESSES = { in_app: ['displayed', 'clicked', 'answered', 'goal'], email: ['opened', 'clicked', 'goal'], webhook: [], chat: [] } as const;

interface Laddered { id: string; channel: Channel; ladder?: Rung[] | null }

/** Another channel for whom the message had no success with, and another after that. @param onChange with the field that is typed in */
export function Ladder({ step, onChange }: { step: Laddered; onChange(ladder: Rung[] | undefined, field?: string): void }) {
  const { t } = useTranslation();
  const rungs = step.ladder ?? [];
  const put = (next: readonly Rung[], field?: string) => { onChange(next.length > 0 ? [...next] : undefined, field && `ladder.${field}`); };
  const channelBefore = (index: number): Channel => rungs[index - 1]?.channel ?? step.channel;
  const last = channelBefore(rungs.length);
  const add = () => {
    const channel = last === 'in_app' ? 'email' : 'in_app';
    put([...rungs, { channel, unless: SUCCESSES[last][0]!, after: { days: 1 }, content: emptyContent(channel) }]);
  };
  return (
    <Stack gap="xs" component="section" aria-label={t('series.ladder.title')} data-field="ladder">
      <div><Text size="sm" fw={500}>{t('series.ladder.title')}</Text><Text size="xs" c="dimmed">{t('series.ladder.hint')}</Text></div>
      {rungs.map((rung, index) => (
        <OneRung key={index} rung={rung} index={index} stepId={step.id} before={channelBefore(index)} isLast={index === rungs.length - 1} onRemove={() => { put(rungs.toSpliced(index, rungs.length - index)); }} onChange={(next, field) => { put(rungs.with(index, next), field && `${index}.${field}`); }} />
      ))}
      {rungs.length < MOST_RUNGS && SUCCESSES[last].length > 0 && <Button variant="light" size="xs" w="fit-content" onClick={add}>{t('series.ladder.add')}</Button>}
    </Stack>
  );
}

interface One { rung: Rung; index: number; stepId: string; before: Channel; isLast: boolean; onChange(rung: Rung, field?: string): void; onRemove(): void }

function OneRung({ rung, index, stepId, before, isLast, onChange, onRemove }: One) {
  const { t } = useTranslation();
  const field = `ladder.${index}`;
  const title = t('series.ladder.one', { number: index + 2 });
  // What follows waits for what can become of this one: only the last may become a webhook or a notice.
  const channels = isLast ? CHANNELS : CHANNELS.filter((channel) => SUCCESSES[channel].some((one) => one === 'clicked'));
  return (
    <Card withBorder padding="xs" component="section" aria-label={title} data-field={field}>
      <Stack gap="xs">
        <Group justify="space-between" wrap="nowrap"><Text size="sm" fw={600}>{title}</Text><CloseButton aria-label={t('series.ladder.remove', { number: index + 2 })} onClick={onRemove} /></Group>
        <Select size="sm" label={t('series.ladder.unless', { channel: t(`flow.kinds.${before}`) })} value={rung.unless} allowDeselect={false} data={SUCCESSES[before].map((value) => ({ value, label: t(`series.ladder.success.${value}`) }))} data-field={`${field}.unless`} onChange={(unless) => { if (unless) onChange({ ...rung, unless: unless as Rung['unless'] }); }} />
        <DurationField label={t('series.ladder.after')} value={rung.after} field={`${field}.after`} onChange={(after) => { onChange({ ...rung, after: after ?? {} }, 'after'); }} />
        <Select size="sm" label={t('series.ladder.channel')} value={rung.channel} allowDeselect={false} data={channels.map((value) => ({ value, label: t(`flow.kinds.${value}`) }))} data-field={`${field}.channel`} onChange={(next) => { if (next && next !== rung.channel) onChange({ ...rung, channel: next, content: emptyContent(next) }); }} />
        <ContentFields channel={rung.channel} page={{ stepId: `${stepId}~${index + 2}` }} content={rung.content ?? {}} field={`${field}.content`} onChange={(content, name) => { onChange({ ...rung, content }, `content.${name}`); }} />
      </Stack>
    </Card>
  );
}
