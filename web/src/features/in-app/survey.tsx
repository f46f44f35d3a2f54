import { ActionIcon, Button, Group, Select, SimpleGrid, Stack, Text, TextInput } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { SURVEY_KINDS } from '../../../../src/contract/in-app-formats.ts';
import { IconPlus, IconX } from '../../ui/icons.ts';
import { TagField } from '../../ui/tag-field.tsx';
import { freeKey, hasScores, type Choice, type SurveyKind, type SurveyTexts } from './content.ts';
import type { At } from './place.ts';

const MOST_CHOICES = 10;

interface Given {
  kind: SurveyKind; texts: SurveyTexts; readOnly: boolean; isMain: boolean; at: At;
  onKind(kind: SurveyKind): void; onChange(texts: SurveyTexts): void; onChoices(choices: Choice[], from: (index: number) => number | null): void;
}

/** What a survey asks, in one language. */
export function SurveyEditor({ kind, texts, readOnly, isMain, at, onKind, onChange, onChoices }: Given) {
  const { t } = useTranslation();
  const [low = '', high = ''] = texts.ends ?? [];
  const put = (change: Partial<SurveyTexts>) => { onChange(Object.fromEntries(Object.entries({ ...texts, ...change }).filter(([, one]) => one !== undefined)) as unknown as SurveyTexts); };
  const ends = (next: [string, string]) => { put({ ends: next[0] === '' && next[1] === '' ? undefined : next }); };
  const optional = (name: 'comment' | 'submit' | 'thanks', most: number) => <TagField label={t(`inApp.survey.${name}`)} description={t(`inApp.survey.${name}Hint`)} value={texts[name] ?? ''} maxLength={most} readOnly={readOnly} error={at(`survey.${name}`)} onChange={(next) => { put({ [name]: next === '' ? undefined : next }); }} />;
  return (
    <Stack gap="sm" component="section" aria-label={t('inApp.survey.title')}>
      <Text fw={600}>{t('inApp.survey.title')}</Text>
      {isMain && <Select label={t('inApp.survey.kind')} allowDeselect={false} disabled={readOnly} value={kind} data={SURVEY_KINDS.map((value) => ({ value, label: t(`inApp.survey.kinds.${value}`) }))} onChange={(next) => { if (next) onKind(next as SurveyKind); }} />}
      <TagField label={t('inApp.survey.question')} withAsterisk value={texts.question} maxLength={500} readOnly={readOnly} error={at('survey.question')} onChange={(question) => { put({ question }); }} />
      {hasScores(kind) && (
        <SimpleGrid cols={{ base: 1, xs: 2 }} spacing="sm">
          <TagField label={t('inApp.survey.low')} value={low} maxLength={60} readOnly={readOnly} error={at('survey.ends.0') ?? at('survey.ends')} onChange={(next) => { ends([next, high]); }} />
          <TagField label={t('inApp.survey.high')} value={high} maxLength={60} readOnly={readOnly} error={at('survey.ends.1')} onChange={(next) => { ends([low, next]); }} />
        </SimpleGrid>
      )}
      {texts.choices && <Choices {...{ choices: texts.choices, readOnly, isMain, at, onChoices }} />}
      {kind !== 'text' && optional('comment', 200)}
      {optional('submit', 60)}
      {optional('thanks', 500)}
    </Stack>
  );
}

function Choices({ choices, readOnly, isMain, at, onChoices }: Pick<Given, 'readOnly' | 'isMain' | 'at' | 'onChoices'> & { choices: Choice[] }) {
  const { t } = useTranslation();
  const put = (index: number, change: Partial<Choice>) => { onChoices(choices.with(index, { ...choices[index]!, ...change }), (one) => one); };
  return (
    <Stack gap="xs" component="section" aria-label={t('inApp.survey.choices')}>
      <Text size="sm" fw={500}>{t('inApp.survey.choices')}</Text>
      {choices.map(({ key, label }, index) => (
        <Group key={index} gap="xs" align="flex-start" wrap="nowrap">
          <div style={{ flex: 1, minWidth: 0 }}><TagField label={t('inApp.survey.choiceN', { n: index + 1 })} value={label} maxLength={200} readOnly={readOnly} error={at(`survey.choices.${index}.label`)} onChange={(next) => { put(index, { label: next }); }} /></div>
          {isMain && <TextInput label={t('inApp.survey.key')} aria-label={t('inApp.survey.keyN', { n: index + 1 })} w={120} value={key} maxLength={64} readOnly={readOnly} error={at(`survey.choices.${index}.key`)} onChange={(event) => { put(index, { key: event.currentTarget.value }); }} />}
          {isMain && !readOnly && <ActionIcon mt={28} variant="subtle" color="gray" disabled={choices.length <= 2} aria-label={t('inApp.survey.choiceRemove', { n: index + 1 })} onClick={() => { onChoices(choices.toSpliced(index, 1), (one) => (one < index ? one : one + 1)); }}><IconX size={16} aria-hidden /></ActionIcon>}
        </Group>
      ))}
      {at('survey.choices') && <Text size="sm" c="red">{at('survey.choices')}</Text>}
      {isMain && !readOnly && choices.length < MOST_CHOICES && <Group><Button size="xs" variant="default" leftSection={<IconPlus size={14} aria-hidden />} onClick={() => { onChoices([...choices, { key: freeKey(choices.map(({ key }) => key), 'choice'), label: '' }], (index) => (index < choices.length ? index : null)); }}>{t('inApp.survey.choiceAdd')}</Button></Group>}
    </Stack>
  );
}
