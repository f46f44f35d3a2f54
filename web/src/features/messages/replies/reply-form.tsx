import { Alert, Button, Group, Select, Stack, Text, TextInput } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { answer, api, ApiProblem, type Api } from '../../../lib/api.ts';
import { useChangedBy } from '../../../ui/changed-by.ts';
import { TagInput } from '../email-editor/tag-input.tsx';
import { OFFERED, useLanguageName } from '../languages.ts';

type Reply = Api<'SavedReply'>;
const MAX_TEXT = 20_000;

/** Makes or changes a saved reply: its name, and what it says in each language. */
export function ReplyForm({ reply, onDone }: { reply: Reply | null; onDone(): void }) {
  const { t, i18n } = useTranslation();
  const queries = useQueryClient();
  const nameOf = useLanguageName();
  const changedBy = useChangedBy();
  const [name, setName] = useState(reply?.name ?? '');
  const [texts, setTexts] = useState<Record<string, string>>(reply?.texts ?? { [i18n.language]: '' });
  const [problem, setProblem] = useState<ApiProblem | null>(null);
  const [isTried, setTried] = useState(false);
  const [busy, setBusy] = useState(false);
  const set = (language: string, text: string) => { setTexts({ ...texts, [language]: text }); setProblem(null); };
  const isReady = name.trim() !== '' && Object.values(texts).every((text) => text.trim() !== '');
  const save = async () => {
    setTried(true);
    if (!isReady) return;
    setBusy(true);
    try {
      await (reply === null ? answer(api.POST('/v1/saved-replies', { body: { name: name.trim(), texts } })) : answer(api.PUT('/v1/saved-replies/{id}', { params: { path: { id: reply.id } }, body: { revision: reply.revision, name: name.trim(), texts } })));
      await queries.invalidateQueries({ queryKey: ['saved-replies'] });
      onDone();
    } catch (error) {
      if (!(error instanceof ApiProblem)) throw error;
      setProblem(error);
    } finally {
      setBusy(false);
    }
  };
  const at = (path: string, value: string) => (isTried && value.trim() === '' ? t('replies.needed') : problem?.problems.filter((one) => one.path === path).map(({ message }) => message).join(' ') || undefined);
  const rest = problem && !problem.problems.some(({ path }) => path === 'name' || path.slice(6) in texts);
  const free = OFFERED.filter((language) => !(language in texts)).map((value) => ({ value, label: nameOf(value) }));
  return (
    <form noValidate onSubmit={(event) => { event.preventDefault(); void save(); }}>
      <Stack>
        <TextInput data-autofocus label={t('replies.name')} description={t('replies.nameHint')} value={name} maxLength={200} error={at('name', name)} onChange={(event) => { setName(event.currentTarget.value); setProblem(null); }} />
        {Object.entries(texts).map(([language, text]) => (
          <Stack key={language} gap={4}>
            <TagInput lines label={t('replies.textIn', { language: nameOf(language) })} value={text} maxLength={MAX_TEXT} error={at(`texts.${language}`, text)} onChange={(next) => { set(language, next); }} />
            {Object.keys(texts).length > 1 && <Button variant="subtle" size="compact-xs" style={{ alignSelf: 'flex-end' }} onClick={() => { setTexts(Object.fromEntries(Object.entries(texts).filter(([one]) => one !== language))); }}>{t('replies.removeLanguage', { language: nameOf(language) })}</Button>}
          </Stack>
        ))}
        <Text size="sm" c="dimmed">{t('replies.fields', { example: '{{' })}</Text>
        <Select w={260} aria-label={t('replies.addLanguage')} placeholder={t('replies.addLanguage')} data={free} value={null} searchable onChange={(language) => { if (language) set(language, ''); }} />
        {rest && <Alert color={problem.changed ? 'orange' : 'red'} role="alert" {...(problem.changed ? { title: changedBy(problem.changed) } : {})}>{problem.message}</Alert>}
        <Group justify="flex-end"><Button variant="default" onClick={onDone}>{t('confirm.cancel')}</Button><Button type="submit" loading={busy}>{t('replies.save')}</Button></Group>
      </Stack>
    </form>
  );
}
