import { Box, Card, Grid, Select, Stack, Text, TextInput, Title } from '@mantine/core';
import { getRouteApi } from '@tanstack/react-router';
import { useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { displayPlace } from '../../../../src/contract/in-app-formats.ts';
import { useDraft } from '../campaigns/draft/draft-context.tsx';
import { GoalsFields } from '../campaigns/goals/goals-fields.tsx';
import type { Goal, TestPlan } from '../campaigns/series/model.js';
import { armKeys } from '../campaigns/test-plan/plan-edits.js';
import { TestPlanFields } from '../campaigns/test-plan/test-plan-fields.tsx';
import { InAppEditor } from '../in-app/in-app-editor.tsx';
import { problemsAt, type At } from '../in-app/place.ts';
import { InAppPreview, useInAppPreview } from '../in-app/preview.tsx';
import { useTopics } from '../segments/builder/catalogue.ts';
import { useAutoCheck } from './auto-check.tsx';
import { filled, type AutoMessage, type Content, type Display } from './auto-message.ts';
import type { EditorSearch } from './auto-search.ts';
import { Findings, useProblems, type Finding, type Section } from './findings.tsx';
import { HowOften } from './how-often.tsx';
import { SnippetState } from './snippet.tsx';
import { UrlTester } from './url-tester.tsx';
import { Variants } from './variants.tsx';
import { When } from './when.tsx';
import { Where } from './where.tsx';
import { Who } from './who.tsx';

const route = getRouteApi('/auto-messages/$id/');

/** Where, when, to whom, how often and what; beside it the message as visitors will see it. */
export function AutoEditor() {
  const { t } = useTranslation();
  const { campaign, document, definition, change, rename, readOnly } = useDraft();
  const { variant: wanted, language: shown } = route.useSearch();
  const navigate = route.useNavigate();
  const { findings, isAsked } = useAutoCheck();
  const problems = useProblems(findings);
  const [url, setUrl] = useState('');
  const [personId, setPerson] = useState<string>();
  const message = filled(definition as Partial<AutoMessage>);
  const { display, audience, message: step } = message;
  const at = step.variants.findIndex(({ key }) => key === wanted) < 0 ? 0 : step.variants.findIndex(({ key }) => key === wanted);
  const { key: variant, content } = step.variants[at]!;
  const search = (next: EditorSearch) => { void navigate({ search: { variant: wanted, language: shown, ...next }, replace: true }); };
  const edit: Edit = (next, merge) => { change((draft) => next(filled(draft as Partial<AutoMessage>)), merge); };
  const put = (part: (display: Display) => Display, merge: string) => { edit((draft) => ({ ...draft, display: part(draft.display) }), merge); };
  const write = (next: Content) => { edit((draft) => ({ ...draft, message: { ...draft.message, variants: draft.message.variants.map((one) => (one.key === variant ? { ...one, content: next } : one)) } }), `content ${variant}`); };
  const language = shown !== undefined && content.translations?.[shown] ? shown : null;
  const preview = useInAppPreview({ content: { ...content, slot: displayPlace(content.format, display.slot, content.slot) }, topic: step.topic, personId, language: language ?? content.language });
  const within = `message.variants.${at}.content.`;
  const ofContent = [...preview.faults, ...(isAsked ? preview.gaps : []), ...problems.filter(({ path }) => path.startsWith(within)).map(({ path, message: said }) => ({ path: path.slice(within.length), message: said }))];
  const isOfContent = ({ path, severity }: Finding) => severity === 'error' && path.startsWith(within);
  const part = (section: Section, children: ReactNode) => <Part section={section} findings={findings} besides={section === 'message' ? isOfContent : undefined}>{children}</Part>;
  return (
    <>
      <SnippetState />
      <Grid gap="lg">
        <Grid.Col span={{ base: 12, lg: 6 }}>
          <Stack gap="md">
            <TextInput label={t('autoMessages.name')} value={document.name} maxLength={200} readOnly={readOnly} onChange={(event) => { rename(event.currentTarget.value); }} />
            {part('where', <><Where page={display.page} readOnly={readOnly} at={problemsAt(problems, 'display.page.')} onChange={(page) => { put((now) => ({ ...now, page }), 'page'); }} /><UrlTester page={display.page} url={url} onUrl={setUrl} /></>)}
            {part('when', <When trigger={display.trigger} campaignId={campaign.id} readOnly={readOnly} at={problemsAt(problems, 'display.trigger.')} onChange={(trigger) => { put((now) => ({ ...now, trigger }), 'trigger'); }} />)}
            {part('who', <Who audience={audience} readOnly={readOnly} onChange={(next) => { edit(({ audience: _before, ...rest }) => (next ? { ...rest, audience: next } : rest), 'audience'); }} />)}
            {part('often', <HowOften display={display} readOnly={readOnly} at={problemsAt(problems, 'display.')} onChange={(next) => { put(() => next, 'often'); }} />)}
            {part('message', <>
              <Variants message={step} chosen={variant} readOnly={readOnly} onChoose={(next) => { search({ variant: next }); }} onChange={(next) => { edit((draft) => ({ ...draft, message: next })); }} />
              <Topic value={step.topic} readOnly={readOnly} onChange={(topic) => { edit((draft) => ({ ...draft, message: { ...draft.message, topic } })); }} />
              <InAppEditor key={variant} value={content} readOnly={readOnly} problems={ofContent} language={language} onLanguage={(next) => { search({ language: next ?? undefined }); }} onChange={write} />
            </>)}
            {part('goals', <Goals goals={message.goals ?? []} step={step} readOnly={readOnly} at={problemsAt(problems, 'goals.')} edit={edit} />)}
            <Findings findings={findings} section="other" />
          </Stack>
        </Grid.Col>
        <Grid.Col span={{ base: 12, lg: 6 }}>
          <Box style={{ position: 'sticky', top: 72 }}>
            <InAppPreview content={content} preview={preview} language={language} onLanguage={(next) => { search({ language: next ?? undefined }); }} personId={personId} onPerson={setPerson} />
          </Box>
        </Grid.Col>
      </Grid>
    </>
  );
}

function Part({ section, findings, besides, children }: { section: Section; findings: Finding[]; besides: ((finding: Finding) => boolean) | undefined; children: ReactNode }) {
  const { t } = useTranslation();
  const title = t(`autoMessages.sections.${section as 'where'}`);
  return <Card withBorder component="section" aria-label={title}><Stack gap="sm"><Title order={2} size="h5">{title}</Title><Findings findings={findings} section={section} {...(besides ? { besides } : {})} />{children}</Stack></Card>;
}

type Edit = (next: (message: AutoMessage) => AutoMessage, merge?: string) => void;

/** What the message is to achieve, and how its variants are compared by that. */
function Goals({ goals, step, readOnly, at, edit }: { goals: AutoMessage['goals']; step: AutoMessage['message']; readOnly: boolean; at: At; edit: Edit }) {
  const { t } = useTranslation();
  const arms = armKeys(step);
  return (
    <>
      <GoalsFields goals={goals as Goal[]} hasRuns={false} readOnly={readOnly} at={at} onChange={(next, field) => { edit((draft) => ({ ...draft, goals: next as AutoMessage['goals'] }), field && `goals.${field}`); }} />
      {arms.length > 1 ? (
        <TestPlanFields
          stepId={step.id} test={step.test as TestPlan | undefined} arms={arms} versions={step.variants.length} goals={goals as Goal[]} readOnly={readOnly}
          onChange={(test, field) => { edit((draft) => { const { test: _before, ...rest } = draft.message; return { ...draft, message: test ? { ...rest, test: test as AutoMessage['message']['test'] } : rest }; }, field); }}
        />
      ) : <Text size="sm" c="dimmed">{t('autoMessages.noTest')}</Text>}
    </>
  );
}

function Topic({ value, readOnly, onChange }: { value: string; readOnly: boolean; onChange(topic: string): void }) {
  const { t } = useTranslation();
  const topics = useTopics().data ?? [];
  return <Select label={t('autoMessages.topic')} description={t('autoMessages.topicHint')} allowDeselect={false} disabled={readOnly} value={value} data={[...new Map([[value, value], ...topics.map(({ key, name }) => [key, name] as const)])].map(([key, label]) => ({ value: key, label }))} onChange={(next) => { if (next) onChange(next); }} />;
}
