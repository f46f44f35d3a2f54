import { Autocomplete, Button, Group, NumberInput, Radio, Stack, Text, TextInput } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { useEventNames } from '../../segments/builder/catalogue.ts';
import { useDraft } from '../draft/draft-context.tsx';
import { Condition } from '../history/change-words.tsx';
import { addGoal, broadcastOf, withParts, type BroadcastGoal } from './edits.ts';

const MOST_GOALS = 10;

/** What the message is to achieve: events within some days. One decides, the first unless another is chosen. */
export function GoalsPart() {
  const { t } = useTranslation();
  const { definition, change, readOnly } = useDraft();
  const goals = broadcastOf(definition).goals ?? [];
  const put = (next: (goals: BroadcastGoal[]) => BroadcastGoal[], merge?: string) => { change((now) => withParts(now, { goals: next(broadcastOf(now).goals ?? []) }), merge); };
  const decides = goals.find(({ primary }) => primary)?.key ?? goals[0]?.key ?? null;
  return (
    <Stack gap="sm">
      {goals.length === 0 && <Text size="sm" c="dimmed">{t('broadcast.goals.none')}</Text>}
      {goals.map((goal) => (
        <Goal
          key={goal.key} goal={goal} decides={goal.key === decides} only={goals.length === 1}
          onChange={(part, merge) => { put((now) => now.map((one) => (one.key === goal.key ? { ...one, ...part } : one)), `${goal.key} ${merge}`); }}
          onDecides={() => { put((now) => now.map((one) => ({ ...one, primary: one.key === goal.key }))); }}
          onRemove={() => { put((now) => now.filter((one) => one.key !== goal.key)); }}
        />
      ))}
      {!readOnly && goals.length < MOST_GOALS && <Group><Button size="xs" variant="default" onClick={() => { put(addGoal); }}>{t('broadcast.goals.add')}</Button></Group>}
    </Stack>
  );
}

interface OneGoal { goal: BroadcastGoal; decides: boolean; only: boolean; onChange(part: Partial<BroadcastGoal>, merge: string): void; onDecides(): void; onRemove(): void }

function Goal({ goal, decides, only, onChange, onDecides, onRemove }: OneGoal) {
  const { t } = useTranslation();
  const { readOnly } = useDraft();
  const events = useEventNames();
  const name = goal.name || goal.key;
  return (
    <Group gap="sm" align="flex-end" role="group" aria-label={name}>
      <TextInput label={t('broadcast.goals.name')} value={goal.name ?? ''} maxLength={200} readOnly={readOnly} w={200} onChange={(event) => { onChange({ name: event.currentTarget.value }, 'name'); }} />
      {goal.condition ? <Text size="sm"><Condition node={goal.condition} /></Text> : <Autocomplete label={t('broadcast.goals.event')} data={(events.data?.items ?? []).slice(0, 200).map((event) => event.name)} value={goal.event?.name ?? ''} maxLength={200} readOnly={readOnly} w={200} onChange={(event) => { onChange({ event: { ...goal.event, name: event } }, 'event'); }} />}
      <NumberInput label={t('broadcast.goals.days')} value={goal.window?.days ?? 7} min={1} max={365} readOnly={readOnly} w={110} onChange={(value) => { const days = Number(value); if (value !== '' && days >= 1) onChange({ window: { days } }, 'window'); }} />
      {!only && <Radio label={t('broadcast.goals.decides')} name="decides" checked={decides} disabled={readOnly} onChange={onDecides} mb={8} />}
      {!readOnly && <Button size="xs" variant="subtle" color="gray" mb={3} onClick={onRemove}>{t('broadcast.goals.remove', { name })}</Button>}
    </Group>
  );
}
