import { Alert, Button, Group, Select, Stack, Text, TextInput } from '@mantine/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { answer, api, ApiProblem, type Api, type Changed } from '../../../lib/api.ts';
import { useChangedBy } from '../../../ui/changed-by.ts';
import { mayEdit, useMe } from '../../../lib/me.ts';
import { TagInput } from '../email-editor/tag-input.tsx';
import { OFFERED, useLanguageName } from '../languages.ts';

type Snippet = Api<'Snippet'>;
type Edited = Pick<Snippet, 'key' | 'name' | 'kind' | 'language' | 'content' | 'translations'>;
const fromSnippet = ({ key, name, kind, language, content, translations }: Snippet): Edited => ({ key, name, kind, language, content, translations });
const MAX_CONTENT = 65_536;

/** Makes or edits a snippet; saved when asked, because messages that name it get the new text at once in their drafts. */
export function SnippetForm({ snippet, onSaved }: { snippet: Snippet | null; onSaved(snippet: Snippet): void }) {
  const { t, i18n } = useTranslation();
  const queries = useQueryClient();
  const nameOf = useLanguageName();
  const readOnly = !mayEdit(useMe());
  const [base, setBase] = useState(snippet);
  const [edited, setEdited] = useState<Edited>(snippet ? fromSnippet(snippet) : { key: '', name: '', kind: 'text', language: i18n.language, content: '', translations: {} });
  const [problem, setProblem] = useState<ApiProblem | null>(null);
  const [busy, setBusy] = useState(false);
  const isChanged = base === null || JSON.stringify(fromSnippet(base)) !== JSON.stringify(edited);
  const set = (change: Partial<Edited>) => { setEdited({ ...edited, ...change }); setProblem(null); };
  const take = (saved: Snippet) => { setBase(saved); setEdited(fromSnippet(saved)); setProblem(null); onSaved(saved); void queries.invalidateQueries({ queryKey: ['snippets'] }); };

  const save = async (revision = base?.revision) => {
    setBusy(true);
    const { key, ...change } = edited;
    try {
      take(await (revision === undefined ? answer(api.POST('/v1/snippets', { body: edited })) : answer(api.PUT('/v1/snippets/{key}', { params: { path: { key } }, body: { revision, ...change } }))));
    } catch (error) {
      if (!(error instanceof ApiProblem)) throw error;
      setProblem(error);
    } finally {
      setBusy(false);
    }
  };
  const said = (path: string) => problem?.problems.filter((one) => one.path === path).map(({ message }) => message).join(' ') || undefined;
  const languages = OFFERED.map((value) => ({ value, label: nameOf(value) }));
  const free = languages.filter(({ value }) => value !== edited.language && !(value in edited.translations));
  return (
    <form onSubmit={(event) => { event.preventDefault(); void save(); }}>
      <Stack gap="md" maw={760}>
        <TextInput label={t('messages.snippets.name')} value={edited.name} maxLength={200} required readOnly={readOnly} error={said('name')} onChange={(event) => { set({ name: event.currentTarget.value }); }} />
        {base === null && <TextInput label={t('messages.snippets.key')} description={t('messages.snippets.keyHint')} value={edited.key} maxLength={60} required error={problem?.code === 'snippet.key-taken' ? t('messages.snippets.keyTaken') : said('key')} onChange={(event) => { set({ key: event.currentTarget.value.toLowerCase().replace(/[^a-z0-9-]/g, '-') }); }} />}
        <Group grow>
          <Select label={t('messages.snippets.kind')} data={(['text', 'body'] as const).map((value) => ({ value, label: t(`messages.snippets.kinds.${value}`) }))} value={edited.kind} allowDeselect={false} readOnly={readOnly} onChange={(kind) => { set({ kind: kind as Edited['kind'] }); }} />
          <Select label={t('messages.snippets.language')} data={[...new Map([{ value: edited.language, label: nameOf(edited.language) }, ...languages].map((one) => [one.value, one])).values()].filter(({ value }) => !(value in edited.translations))} value={edited.language} allowDeselect={false} searchable readOnly={readOnly} onChange={(language) => { set({ language: language ?? edited.language }); }} />
        </Group>
        <TagInput lines label={t('messages.snippets.content')} value={edited.content} maxLength={MAX_CONTENT} readOnly={readOnly} error={said('content')} onChange={(content) => { set({ content }); }} />
        {Object.entries(edited.translations).map(([language, text]) => <TagInput key={language} lines label={t('messages.snippets.translation', { language: nameOf(language) })} value={text} maxLength={MAX_CONTENT} readOnly={readOnly} error={said(`translations.${language}`)} onChange={(next) => { set({ translations: { ...edited.translations, [language]: next } }); }} />)}
        {!readOnly && <Select w={260} aria-label={t('messages.snippets.addTranslation')} placeholder={t('messages.snippets.addTranslation')} data={free} value={null} searchable onChange={(language) => { if (language) set({ translations: { ...edited.translations, [language]: edited.content } }); }} />}
        {problem && problem.code !== 'snippet.key-taken' && (problem.code === 'snippet.changed' ? <Conflict changed={problem.changed} snippet={edited.key} onTheirs={take} onMine={(theirs) => { void save(theirs.revision); }} /> : <Alert color="red" role="alert" title={t('messages.snippets.notSaved')}>{problem.message}</Alert>)}
        {!readOnly && <Group gap="sm"><Button type="submit" loading={busy} disabled={!isChanged}>{t('messages.snippets.save')}</Button><Text size="sm" c="dimmed" component="output">{base === null ? '' : isChanged ? t('messages.snippets.unsaved') : t('messages.snippets.saved')}</Text></Group>}
      </Stack>
    </form>
  );
}

/** Somebody was quicker: what it says now, and the choice whose text is to stand. */
function Conflict({ changed, snippet, onTheirs, onMine }: { changed: Changed | null; snippet: string; onTheirs(snippet: Snippet): void; onMine(snippet: Snippet): void }) {
  const { t } = useTranslation();
  const theirs = useQuery({ queryKey: ['snippet', snippet, 'conflict'], queryFn: () => answer(api.GET('/v1/snippets/{key}', { params: { path: { key: snippet } } })), staleTime: 0, gcTime: 0 });
  const { data } = theirs;
  const changedBy = useChangedBy();
  return (
    <Alert color="orange" role="alert" title={t('messages.snippets.conflict')}>
      {data && <Stack gap="xs"><Text size="sm">{changedBy(changed)} {t('messages.snippets.conflictHint')} “{data.content}”</Text><Group gap="xs"><Button size="xs" variant="default" onClick={() => { onTheirs(data); }}>{t('messages.snippets.theirs')}</Button><Button size="xs" onClick={() => { onMine(data); }}>{t('messages.snippets.mine')}</Button></Group></Stack>}
    </Alert>
  );
}
