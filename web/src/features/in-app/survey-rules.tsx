import { ActionIcon, Autocomplete, Button, Group, NumberInput, Select, Stack, Switch, Text, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { answer, api } from '../../lib/api.ts';
import { IconPlus, IconX } from '../../ui/icons.ts';
import { useAttributes } from '../segments/builder/catalogue.ts';
import { hasScores, type Survey } from './content.ts';
import type { At } from './place.ts';

type Tag = Survey['tags'][number];
const MOST_TAGS = 20;
const RANGE = { nps: [0, 10], csat: [1, 5] } as const;

/** What becomes of an answer: an attribute, and tags by what was said. */
export function SurveyRules({ survey, readOnly, at, onChange }: { survey: Survey; readOnly: boolean; at: At; onChange(survey: Survey): void }) {
  const { t } = useTranslation();
  const attributes = useAttributes().data?.fields ?? [];
  const { kind, tags } = survey;
  const saveAs = (next: string) => {
    const { saveAs: _before, ...rest } = survey;
    onChange(next === '' ? rest : { ...rest, saveAs: next.normalize('NFC') });
  };
  const features = useFeatureNames();
  const requestFor = (next: string | null) => {
    const { requestFor: _before, ...rest } = survey;
    onChange(next === null ? rest : { ...rest, requestFor: next });
  };
  // A feature that is on none of the pages read, or is gone, stays chosen as it is written.
  const asked = survey.requestFor !== undefined && !features.some(({ value }) => value === survey.requestFor) ? [{ value: survey.requestFor, label: survey.requestFor }] : [];
  const first: Omit<Tag, 'tag'> | null = hasScores(kind) ? { scores: kind === 'nps' ? { from: 9, to: 10 } : { from: 4, to: 5 } } : kind === 'choice' ? { choice: survey.choices?.[0]?.key ?? '' } : null;
  const put = (index: number, tag: Tag) => { onChange({ ...survey, tags: tags.with(index, tag) }); };
  return (
    <Stack gap="sm" component="section" aria-label={t('inApp.survey.after')}>
      <Text fw={600}>{t('inApp.survey.after')}</Text>
      {kind === 'choice' && <Switch label={t('inApp.survey.many')} checked={survey.many} disabled={readOnly} onChange={(event) => { onChange({ ...survey, many: event.currentTarget.checked }); }} />}
      <Autocomplete label={t('inApp.survey.saveAs')} description={t('inApp.survey.saveAsHint')} value={survey.saveAs ?? ''} data={attributes.map(({ key }) => key)} maxLength={200} limit={20} readOnly={readOnly} error={at('survey.saveAs')} onChange={saveAs} />
      <Select searchable clearable label={t('inApp.survey.requestFor')} description={t('inApp.survey.requestForHint')} nothingFoundMessage={t('inApp.survey.noFeature')} disabled={readOnly} error={at('survey.requestFor')} value={survey.requestFor ?? null} data={[...features, ...asked]} onChange={requestFor} />
      {tags.map((tag, index) => (
        <Group key={index} gap="xs" align="flex-end" component="section" aria-label={t('inApp.survey.tagN', { n: index + 1 })}>
          {tag.scores && <Scores range={RANGE[kind === 'csat' ? 'csat' : 'nps']} scores={tag.scores} readOnly={readOnly} onChange={(scores) => { put(index, { ...tag, scores }); }} />}
          {tag.choice !== undefined && <Select label={t('inApp.survey.ifChoice')} w={180} allowDeselect={false} disabled={readOnly} value={tag.choice} data={(survey.choices ?? []).map(({ key, label }) => ({ value: key, label: label || key }))} onChange={(choice) => { if (choice) put(index, { ...tag, choice }); }} />}
          <TextInput label={t('inApp.survey.tag')} w={160} value={tag.tag} maxLength={100} readOnly={readOnly} error={at(`survey.tags.${index}.tag`)} onChange={(event) => { put(index, { ...tag, tag: event.currentTarget.value }); }} />
          {!readOnly && <ActionIcon mb={4} variant="subtle" color="gray" aria-label={t('inApp.survey.tagRemove', { n: index + 1 })} onClick={() => { onChange({ ...survey, tags: tags.toSpliced(index, 1) }); }}><IconX size={16} aria-hidden /></ActionIcon>}
        </Group>
      ))}
      {first && !readOnly && tags.length < MOST_TAGS && <Group><Button size="xs" variant="default" leftSection={<IconPlus size={14} aria-hidden />} onClick={() => { onChange({ ...survey, tags: [...tags, { tag: '', ...first }] }); }}>{t('inApp.survey.tagAdd')}</Button></Group>}
    </Stack>
  );
}

/** Features that people can ask for, by name. */
const useFeatureNames = () => useQuery({ queryKey: ['feature-names'], queryFn: async () => (await answer(api.GET('/v1/features', { params: { query: { limit: 200 } } }))).items.map(({ key, name }) => ({ value: key, label: name })), staleTime: 60_000 }).data ?? [];

function Scores({ range: [min, max], scores, readOnly, onChange }: { range: readonly [number, number]; scores: { from: number; to: number }; readOnly: boolean; onChange(scores: { from: number; to: number }): void }) {
  const { t } = useTranslation();
  const field = (name: 'from' | 'to') => <NumberInput label={t(`inApp.survey.${name}`)} w={84} min={name === 'from' ? min : scores.from} max={name === 'from' ? scores.to : max} allowDecimal={false} clampBehavior="blur" readOnly={readOnly} value={scores[name]} onChange={(next) => { if (typeof next === 'number') onChange({ ...scores, [name]: next }); }} />;
  return <>{field('from')}{field('to')}</>;
}
