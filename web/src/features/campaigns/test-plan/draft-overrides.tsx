import { Button, Group, Select, Stack, Text } from '@mantine/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { answer, api, type Api } from '../../../lib/api.ts';
import { TextLink } from '../../../ui/links.tsx';
import { PersonPicker } from '../../../ui/person-picker.tsx';
import { ActButton, Dialog, useAct } from '../../settings/kit/parts.tsx';
import { useDraft } from '../draft/draft-context.tsx';

type Given = Api<'DraftOverride'>;
const nameOf = ({ name, email, externalId, personId }: Given): string => name ?? email ?? externalId ?? personId;

/** People who will get a version of this step by hand once the draft is published, to try it out. */
export function DraftOverrides({ stepId, arms, readOnly }: { stepId: string; arms: readonly string[]; readOnly: boolean }) {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const { campaign: { id, revision } } = useDraft();
  const [opened, setOpened] = useState(false);
  const key = ['draft-overrides', id];
  const found = useQuery({ queryKey: [...key, revision], queryFn: () => answer(api.GET('/v1/campaigns/{id}/draft-overrides', { params: { path: { id } } })), placeholderData: (before) => before });
  const after = () => queries.invalidateQueries({ queryKey: key });
  const items = (found.data?.items ?? []).filter((one) => one.stepId === stepId);
  if (readOnly && items.length === 0) return null;
  const labelOf = (arm: string): string => (arm === 'control' ? t('results.control') : arm);
  return (
    <Stack gap={6} component="section" aria-label={t('plan.byHand.title')}>
      {items.length > 0 && (
        <>
          <Text size="sm" fw={600}>{t('plan.byHand.title')}</Text>
          <Stack gap={6} component="ul" m={0} p={0} style={{ listStyle: 'none' }} aria-label={t('plan.byHand.title')}>
            {items.map((one) => (
              <Group key={one.personId} component="li" justify="space-between" wrap="nowrap" gap="xs">
                <Text size="sm" style={{ overflowWrap: 'anywhere' }}>
                  <TextLink to="/people/$id" params={{ id: one.personId }} size="sm" underline="always">{nameOf(one)}</TextLink>: <Text span fw={600}>{labelOf(one.variant)}</Text>
                  {!one.fits && <Text size="xs" c="red">{t('plan.byHand.gone')}</Text>}
                </Text>
                {!readOnly && <div style={{ flexShrink: 0 }}><ActButton label={t('results.overrides.undo')} name={`${t('results.overrides.undo')}: ${nameOf(one)}`} onAct={async () => { await api.DELETE('/v1/campaigns/{id}/draft-overrides/{step}/{person}', { params: { path: { id, step: stepId, person: one.personId } } }); await after(); }} /></div>}
              </Group>
            ))}
          </Stack>
        </>
      )}
      {!readOnly && <Button size="compact-sm" variant="default" w="fit-content" onClick={() => { setOpened(true); }}>{t('plan.byHand.give')}</Button>}
      <Dialog opened={opened} onClose={() => { setOpened(false); }} title={t('plan.byHand.give')}><Give stepId={stepId} arms={arms} onDone={async () => { setOpened(false); await after(); }} /></Dialog>
    </Stack>
  );
}

function Give({ stepId, arms, onDone }: { stepId: string; arms: readonly string[]; onDone(): Promise<unknown> }) {
  const { t } = useTranslation();
  const { campaign: { id }, flush } = useDraft();
  const [person, setPerson] = useState<string>();
  const [variant, setVariant] = useState(arms[0]!);
  const { busy, refusal, act } = useAct();
  const give = () => act(async () => {
    // The server judges the draft as it has it.
    await flush();
    await answer(api.PUT('/v1/campaigns/{id}/draft-overrides/{step}/{person}', { params: { path: { id, step: stepId, person: person! } }, body: { variant } }));
    await onDone();
  });
  return (
    <form onSubmit={(event) => { event.preventDefault(); event.stopPropagation(); void give(); }}>
      <Stack>
        <Text size="sm">{t('plan.byHand.hint')}</Text>
        <PersonPicker label={t('results.overrides.person')} value={person} onChange={setPerson} />
        <Select label={t('results.variant')} allowDeselect={false} data={arms.map((key) => ({ value: key, label: key === 'control' ? t('results.control') : key }))} value={variant} onChange={(next) => { if (next) setVariant(next); }} />
        {refusal && <Text size="sm" c="red" role="alert">{refusal}</Text>}
        <div><Button type="submit" loading={busy} disabled={!person}>{t('results.overrides.giveIt')}</Button></div>
      </Stack>
    </form>
  );
}
