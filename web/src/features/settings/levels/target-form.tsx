import { Alert, NumberInput, Select, SimpleGrid, Stack } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { answer, api, type Api } from '../../../lib/api.ts';
import { SaveBar, useSavedForm } from '../kit/saved-form.tsx';
import { FIRST, LEVELS_KEY, useTargetWords, WITHIN, type Target, type Within } from './target-words.ts';

type Use = Api<'CampaignServiceLevel'>['use'];
type Values = { use: Use; share: number | ''; seconds: string; hours: number | '' };
const PLACES = Object.fromEntries(['standard', 'target'].flatMap((part) => (['share', 'seconds', 'hours'] as const).map((field) => [`${part}.${field}`, field])));
const PERCENT = 100;

interface Asked { target: Target | null; /** Of a campaign: what it goes by now, and whether the workspace has a target. */ of?: { id: string; use: Use; hasStandard: boolean }; onDone(): void }

/** Sets the target of the workspace, or what one campaign goes by. */
export function TargetForm({ target, of, onDone }: Asked) {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const words = useTargetWords();
  const first = target ?? FIRST;
  const isAsked = ({ use }: Values) => !of || use === 'own';
  const { form, submit, ...state } = useSavedForm<Values>({
    initial: { use: of?.use ?? 'own', share: round(first.share * PERCENT), seconds: String(first.seconds), hours: first.hours },
    inDialog: true, places: PLACES as Record<string, keyof Values>,
    checks: {
      share: (value, values) => (isAsked(values) && (value === '' || value < 50 || value > 99.99) ? t('levels.shareBad') : null),
      hours: (value, values) => (isAsked(values) && (value === '' || value < 1 || value > 168 || !Number.isInteger(value)) ? t('levels.hoursBad') : null),
    },
    save: async ({ use, share, seconds, hours }) => {
      const set = { share: round(Number(share) / PERCENT), seconds: Number(seconds) as Within, hours: Number(hours) };
      if (of) await answer(api.PUT('/v1/campaigns/{id}/service-level', { params: { path: { id: of.id } }, body: use === 'own' ? { use, target: set } : { use } }));
      else await answer(api.PUT('/v1/service-levels', { body: { standard: set } }));
      await queries.invalidateQueries({ queryKey: LEVELS_KEY });
      onDone();
    },
  });
  const { use } = form.values;
  return (
    <form onSubmit={submit} noValidate>
      <Stack>
        {of && <Select data-autofocus label={t('levels.use')} allowDeselect={false} data={(['standard', 'own', 'none'] as const).map((value) => ({ value, label: t(`levels.uses.${value}`) }))} {...form.getInputProps('use')} />}
        {of && use === 'standard' && !of.hasStandard && <Alert color="orange" variant="light">{t('levels.noStandard')}</Alert>}
        {use === 'own' && (
          <SimpleGrid cols={{ base: 1, xs: 3 }} style={{ alignItems: 'start' }}>
            <NumberInput data-autofocus={of ? undefined : true} label={t('levels.share')} description={t('levels.shareHint')} inputWrapperOrder={['label', 'input', 'description', 'error']} decimalScale={2} allowNegative={false} {...form.getInputProps('share')} />
            <Select label={t('levels.seconds')} allowDeselect={false} data={WITHIN.map((seconds) => ({ value: String(seconds), label: words.within(seconds) }))} {...form.getInputProps('seconds')} />
            <NumberInput label={t('levels.hoursBack')} description={t('levels.hoursHint')} inputWrapperOrder={['label', 'input', 'description', 'error']} allowDecimal={false} allowNegative={false} {...form.getInputProps('hours')} />
          </SimpleGrid>
        )}
        <SaveBar {...state} onCancel={onDone} />
      </Stack>
    </form>
  );
}

/** Four digits, so that 99.9 % is 0.999 and not a neighbour of it. */
const round = (value: number): number => Math.round(value * 1e6) / 1e6;
