import { ActionIcon, Alert, Button, Group, Stack, Text } from '@mantine/core';
import { useHotkeys } from '@mantine/hooks';
import { useTranslation } from 'react-i18next';
import { useChangedBy } from '../../../ui/changed-by.ts';
import { IconArrowBackUp, IconArrowForwardUp } from '../../../ui/icons.ts';
import { useDraft } from './draft-context.tsx';

/** Whether all is saved, and the way back and forth. ⌘S says it too, since nobody needs to save. */
export function SaveState() {
  const { t } = useTranslation();
  const { state, canUndo, canRedo, undo, redo, flush, retry, readOnly, restored } = useDraft();
  useHotkeys([['mod+z', undo], ['mod+shift+z', redo], ['mod+y', redo]]);
  useHotkeys([['mod+s', () => { void flush(); }]], [], true);
  if (readOnly) return <Text size="sm" c="dimmed">{t('draft.readOnly')}</Text>;
  const said = state.kind === 'saved' && restored ? t('draft.restored') : t(`draft.state.${state.kind}`);
  return (
    <Group gap={4} wrap="nowrap">
      <ActionIcon variant="subtle" color="gray" disabled={!canUndo} onClick={undo} aria-label={t('draft.undo')} title={t('draft.undo')}><IconArrowBackUp size={18} aria-hidden /></ActionIcon>
      <ActionIcon variant="subtle" color="gray" disabled={!canRedo} onClick={redo} aria-label={t('draft.redo')} title={t('draft.redo')}><IconArrowForwardUp size={18} aria-hidden /></ActionIcon>
      <Text size="sm" c={state.kind === 'saved' || state.kind === 'changed' || state.kind === 'saving' ? 'dimmed' : 'orange'} component="output" style={{ whiteSpace: 'nowrap' }}>{said}</Text>
      {state.kind === 'away' && <Button size="compact-xs" variant="default" onClick={retry}>{t('draft.retry')}</Button>}
    </Group>
  );
}

/** What keeps the draft from being saved. Nothing typed is lost by any of these. */
export function SaveTrouble() {
  const { t } = useTranslation();
  const changedBy = useChangedBy();
  const { state, takeTheirs, keepMine, campaign } = useDraft();
  if (state.kind === 'refused') {
    return (
      <Alert color="red" role="alert" title={t('draft.refused')}>
        {state.problem.problems.length === 0 ? state.problem.message : state.problem.problems.map(({ path, message }) => <Text key={path} size="sm">{path}: {message}</Text>)}
      </Alert>
    );
  }
  if (state.kind !== 'conflict') return null;
  return (
    <Alert color="orange" role="alert" title={t('draft.conflict.title')}>
      <Stack gap="xs">
        <Text size="sm">{changedBy(state.problem?.changed ?? { by: null, at: campaign.updatedAt })} {t('draft.conflict.what', { name: state.theirs.document.name })}</Text>
        <Group gap="xs"><Button size="xs" variant="default" onClick={takeTheirs}>{t('draft.conflict.theirs')}</Button><Button size="xs" onClick={keepMine}>{t('draft.conflict.mine')}</Button></Group>
      </Stack>
    </Alert>
  );
}
