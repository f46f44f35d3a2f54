import { Alert, Button, Card, Group, NumberInput, SimpleGrid, Stack, Text, TextInput, Title } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { answer, api, type Api } from '../../lib/api.ts';
import { mayEdit, useMe } from '../../lib/me.ts';
import { TextLink } from '../../ui/links.tsx';
import { Page } from '../../ui/page.tsx';
import { EmptyState } from '../../ui/states.tsx';
import { patternOf } from './auto-message.ts';
import { draftFrom, RECIPES, type Recipe } from './recipes.ts';

const SECONDS = 90;

/** What to begin with: the page is pasted, a recipe chosen, and the message stands complete. */
export function NewAutoPage() {
  const { t, i18n } = useTranslation();
  const queries = useQueryClient();
  const navigate = useNavigate();
  const me = useMe();
  const [address, setAddress] = useState('');
  const [seconds, setSeconds] = useState(SECONDS);
  const [busy, setBusy] = useState<Recipe | null>(null);
  const [refusal, setRefusal] = useState('');
  const pattern = address.trim() === '' ? null : patternOf(address);
  const isWrong = address.trim() !== '' && pattern === null;

  const begin = async (recipe: Recipe) => {
    if (isWrong) return;
    setBusy(recipe);
    setRefusal('');
    try {
      const words = { name: t(`autoMessages.recipes.${recipe}.name`), title: t('autoMessages.recipes.leaving.title'), body: t('autoMessages.recipes.leaving.body'), button: t('autoMessages.recipes.leaving.button') };
      const definition = await draftFrom(recipe, { pattern, seconds, language: i18n.language === 'ko' ? 'ko' : 'en', words });
      const campaign = await answer(api.POST('/v1/campaigns', { body: { name: words.name, definition: definition as unknown as Api<'CampaignDraft'>, unfinished: true } }));
      queries.setQueryData(['campaign', campaign.id], campaign);
      void queries.invalidateQueries({ queryKey: ['auto-messages'] });
      await navigate({ to: '/auto-messages/$id', params: { id: campaign.id }, search: {} });
    } catch (error) {
      setRefusal(error instanceof Error ? error.message : '');
      setBusy(null);
    }
  };

  const back = <TextLink to="/auto-messages" search={{}} underline="always">{t('autoMessages.title')}</TextLink>;
  if (me && !mayEdit(me)) return <Page title={t('autoMessages.new.title')} note={back}><EmptyState title={t('state.forbidden')} hint={t('state.forbiddenWho')} /></Page>;
  return (
    <Page title={t('autoMessages.new.title')} note={back}>
      <Group gap="sm" align="flex-start">
        <TextInput label={t('autoMessages.new.address')} description={t('autoMessages.new.addressHint')} placeholder="https://example.com/pricing" type="url" value={address} style={{ flex: '1 1 320px' }} data-autofocus error={isWrong && t('autoMessages.new.addressWrong')} onChange={(event) => { setAddress(event.currentTarget.value); }} />
        <NumberInput label={t('autoMessages.when.seconds')} description={t('autoMessages.when.secondsHint')} w={{ base: '100%', xs: 240 }} min={0.5} max={86_400} value={seconds} onChange={(next) => { if (typeof next === 'number' && next > 0) setSeconds(next); }} />
      </Group>
      {refusal && <Alert color="red" role="alert">{refusal}</Alert>}
      <SimpleGrid cols={{ base: 1, sm: 2, lg: 3 }}>
        {RECIPES.map((recipe) => (
          <Card key={recipe} withBorder component="section" aria-label={t(`autoMessages.recipes.${recipe}.name`)}>
            <Stack gap="xs" h="100%">
              <Title order={2} size="h5">{t(`autoMessages.recipes.${recipe}.name`)}</Title>
              <Text size="sm" style={{ flex: 1 }}>{t(`autoMessages.recipes.${recipe}.what`)}</Text>
              <Text size="xs" c="dimmed">{t(`autoMessages.recipes.${recipe}.when`, { seconds })}</Text>
              <Group><Button size="xs" variant={recipe === 'blank' ? 'default' : 'filled'} loading={busy === recipe} disabled={busy !== null || isWrong} aria-label={t('autoMessages.new.useOf', { name: t(`autoMessages.recipes.${recipe}.name`) })} onClick={() => { void begin(recipe); }}>{t('autoMessages.new.use')}</Button></Group>
            </Stack>
          </Card>
        ))}
      </SimpleGrid>
    </Page>
  );
}
