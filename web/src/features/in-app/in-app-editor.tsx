import { Alert, Select, Stack, Tabs, Text } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { IN_APP_FORMATS } from '../../../../src/contract/in-app-formats.ts';
import { Behaviour } from './behaviour.tsx';
import { textsOf, withButtons, withChoices, withFormat, withKind, withTexts, type Choice, type InAppContent } from './content.ts';
import { useOwnLanguage } from '../messages/languages.ts';
import { AddLanguage, LanguageNote, useLanguageName } from './languages.tsx';
import { Look } from './look.tsx';
import { problemsAt, type Problem } from './place.ts';
import { SurveyRules } from './survey-rules.tsx';
import { SurveyEditor } from './survey.tsx';
import { TextsEditor } from './texts.tsx';

const OWN = 'own';
const NONE: readonly Problem[] = [];
/** Places that have a field of their own; what is wrong elsewhere is said above. */
const PLACED = /(^|\.)(title|body|image\.(url|alt)|buttons\.\d+\.(label|url)|survey\.(question|ends\.[01]|ends|choices|choices\.\d+\.(key|label)|comment|submit|thanks|saveAs|requestFor|tags|tags\.\d+(\..*)?)|theme\.(accent|background|text)|slot|until|expiresAfterHours|language|buttons)$/;

interface Given {
  value: InAppContent;
  onChange(value: InAppContent): void;
  readOnly?: boolean;
  /** What the API found wrong with it, by place in the content. */
  problems?: readonly Problem[];
  /** The language whose words are shown; the message itself when null. With it the caller keeps the preview in step. */
  language?: string | null;
  onLanguage?(language: string | null): void;
}

/** Everything an in-app message can say and look like, in each of its languages. Controlled: it keeps nothing but which language is shown. */
export function InAppEditor({ value, onChange, readOnly = false, problems = NONE, language: shown, onLanguage }: Given) {
  const { t } = useTranslation();
  const nameOf = useLanguageName();
  const workspaceLanguage = useOwnLanguage();
  const [own, setOwn] = useState<string | null>(null);
  const others = Object.keys(value.translations ?? {});
  const wanted = shown === undefined ? own : shown;
  const language = wanted !== null && others.includes(wanted) ? wanted : null;
  const show = (next: string | null) => { setOwn(next); onLanguage?.(next); };
  const words = { question: t('inApp.survey.first'), choice: (n: number) => t('inApp.survey.choiceN', { n }) };
  const texts = textsOf(value, language);
  const at = problemsAt(problems, language === null ? '' : `translations.${language}.`);
  const elsewhere = problems.filter(({ path }) => !PLACED.test(path));
  const choose = (choices: Choice[], from: (index: number) => number | null) => { onChange(language === null ? withChoices(value, choices, from) : withTexts(value, language, { ...texts, survey: { ...texts.survey!, choices } })); };
  return (
    <fieldset disabled={readOnly} style={{ border: 0, padding: 0, margin: 0, minWidth: 0 }}>
      <Stack gap="md">
        {elsewhere.length > 0 && <Alert color="orange" role="status">{elsewhere.map(({ path, message }) => <Text key={path + message} size="sm">{message}</Text>)}</Alert>}
        <Select label={t('inApp.format')} description={t(`inApp.formatHint.${value.format}`)} value={value.format} allowDeselect={false} data={IN_APP_FORMATS.map((one) => ({ value: one, label: t(`inApp.formats.${one}`) }))} onChange={(next) => { if (next) onChange(withFormat(value, next as InAppContent['format'], words)); }} />
        <Tabs value={language ?? OWN} onChange={(next) => { show(next === OWN ? null : next); }} keepMounted={false}>
          <Tabs.List aria-label={t('inApp.languages')}>
            <Tabs.Tab value={OWN}>{value.language ? nameOf(value.language) : t('inApp.onlyLanguage')}</Tabs.Tab>
            {others.map((one) => <Tabs.Tab key={one} value={one}>{nameOf(one)}{problems.some(({ path }) => path.startsWith(`translations.${one}.`)) && <Text span c="red"> *</Text>}</Tabs.Tab>)}
          </Tabs.List>
          {!readOnly && <AddLanguage value={value} onChange={(next, added) => { onChange(next); show(added); }} />}
          {[null, ...others].map((one) => (
            <Tabs.Panel key={one ?? OWN} value={one ?? OWN} pt="sm">
              <Stack gap="sm">
                <LanguageNote value={value} language={one} readOnly={readOnly} onChange={onChange} onRemoved={() => { show(null); }} error={at('language')} />
                <TextsEditor texts={texts} language={one ?? value.language ?? workspaceLanguage} markup={value.markup} readOnly={readOnly} isMain={one === null} hasSurvey={value.format === 'survey'} at={at} onMarkup={(markup) => { onChange({ ...value, markup }); }} onChange={(next) => { onChange(withTexts(value, language, next)); }} onButtons={(buttons, from) => { onChange(withButtons(value, language, buttons, from)); }} />
                {value.survey && texts.survey && (
                  <SurveyEditor kind={value.survey.kind} texts={texts.survey} readOnly={readOnly} isMain={one === null} at={at} onKind={(kind) => { onChange(withKind(value, kind, words)); }} onChange={(survey) => { onChange(withTexts(value, language, { ...texts, survey })); }} onChoices={choose} />
                )}
              </Stack>
            </Tabs.Panel>
          ))}
        </Tabs>
        {value.survey && <SurveyRules survey={value.survey} readOnly={readOnly} at={problemsAt(problems)} onChange={(survey) => { onChange({ ...value, survey }); }} />}
        <Look value={value} readOnly={readOnly} at={problemsAt(problems)} onChange={onChange} />
        <Behaviour value={value} readOnly={readOnly} at={problemsAt(problems)} onChange={onChange} />
      </Stack>
    </fieldset>
  );
}
