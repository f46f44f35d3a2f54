import { Alert, Badge, Button, Card, Group, SimpleGrid, Stack, Text, Title } from '@mantine/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { wordsIn } from '../../../i18n/index.ts';
import { answer, api } from '../../../lib/api.ts';
import { useLabels } from '../../../lib/labels.ts';
import { mayEdit, useMe } from '../../../lib/me.ts';
import { ButtonLink } from '../../../ui/links.tsx';
import { useAttributes, useEventNames } from '../../segments/builder/catalogue.ts';
import { RECIPES } from './index.ts';
import { makeCampaign } from './make-campaign.ts';
import { MiniSeries } from './mini-series.tsx';
import type { Language, Recipe, RecipeKey } from './recipe.ts';

/** Campaigns to begin with. A click makes a real draft and opens it; it sends nothing. */
export function Gallery() {
  const { t } = useTranslation();
  const me = useMe();
  const navigate = useNavigate();
  const queries = useQueryClient();
  const workspace = useQuery({ queryKey: ['workspace'], queryFn: () => answer(api.GET('/v1/workspace')) });
  const [making, setMaking] = useState<RecipeKey | null>(null);
  const [failure, setFailure] = useState<string | null>(null);
  const use = async (recipe: Recipe) => {
    setMaking(recipe.key);
    setFailure(null);
    try {
      const language: Language = (workspace.data ?? await answer(api.GET('/v1/workspace'))).language.startsWith('ko') ? 'ko' : 'en';
      const words = { en: await wordsIn('en', 'recipes'), ko: await wordsIn('ko', 'recipes') };
      const campaign = await makeCampaign(recipe, language, (part, other = language) => words[other](`recipes.${recipe.key}.${part}`));
      queries.setQueryData(['campaign', campaign.id], campaign);
      void queries.invalidateQueries({ queryKey: ['campaigns'] });
      await navigate({ to: '/campaigns/$id', params: { id: campaign.id } });
    } catch (error) {
      setFailure(error instanceof Error ? error.message : '');
      setMaking(null);
    }
  };
  if (me && !mayEdit(me)) return <Alert color="gray">{t('recipes.forbidden')}</Alert>;
  return (
    <Stack gap="md">
      <Text c="dimmed">{t('recipes.intro')}</Text>
      {failure !== null && <Alert color="red" role="alert" title={t('recipes.failed')}>{failure}</Alert>}
      <SimpleGrid cols={{ base: 1, xs: 2, md: 3 }} spacing="md">
        {RECIPES.map((recipe) => <RecipeCard key={recipe.key} recipe={recipe} busy={making === recipe.key} disabled={!me || making !== null} onUse={() => { void use(recipe); }} />)}
        <AutoMessageCard />
      </SimpleGrid>
    </Stack>
  );
}

function RecipeCard({ recipe, busy, disabled, onUse }: { recipe: Recipe; busy: boolean; disabled: boolean; onUse(): void }) {
  const { t } = useTranslation();
  const name = t(`recipes.${recipe.key}.name`);
  return (
    <Card withBorder component="section" aria-label={name} h="100%">
      <Stack gap="sm" h="100%">
        <Title order={2} size="h5">{name}</Title>
        <MiniSeries shape={recipe.shape} />
        <Text size="sm" style={{ flex: 1 }}>{t(`recipes.${recipe.key}.about`)}</Text>
        <Needs recipe={recipe} />
        <Button variant="light" loading={busy} disabled={disabled && !busy} onClick={onUse}>{t('recipes.use', { name })}</Button>
      </Stack>
    </Card>
  );
}

/** Auto messages begin with the page they are for. */
function AutoMessageCard() {
  const { t } = useTranslation();
  const name = t('recipes.auto.name');
  return (
    <Card withBorder component="section" aria-label={name} h="100%">
      <Stack gap="sm" h="100%">
        <Title order={2} size="h5">{name}</Title>
        <MiniSeries shape={['wait', 'in_app']} />
        <Text size="sm" style={{ flex: 1 }}>{t('recipes.auto.about')}</Text>
        <ButtonLink variant="light" to="/auto-messages/new">{t('recipes.use', { name })}</ButtonLink>
      </Stack>
    </Card>
  );
}

/** What the recipe asks about, and whether this workspace has ever seen it. */
function Needs({ recipe: { needs } }: { recipe: Recipe }) {
  const { t } = useTranslation();
  const events = useEventNames();
  const attributes = useAttributes();
  const labels = useLabels();
  if (needs.events.length + needs.attributes.length === 0) return <Text size="xs" c="dimmed">{t('recipes.needsNothing')}</Text>;
  const known = [
    ...needs.attributes.map((name) => ({ name: t('recipes.attribute', { name: labels.said('attribute', name) }), met: attributes.data && attributes.data.fields.some(({ key }) => key === name) })),
    ...needs.events.map((name) => ({ name: t('recipes.event', { name: labels.said('event', name) }), met: events.data && events.data.items.some((event) => event.name === name) })),
  ];
  return (
    <div>
      <Group gap={6} role="list" aria-label={t('recipes.needs')}>
        {known.map(({ name, met }) => <Badge key={name} role="listitem" variant="light" color={met ? 'green' : 'gray'}>{name}{met !== undefined && ` · ${t(met ? 'recipes.met' : 'recipes.unmet')}`}</Badge>)}
      </Group>
      {known.some(({ met }) => met === false) && <Text size="xs" c="dimmed" mt={4}>{t('recipes.unmetHint')}</Text>}
    </div>
  );
}

/** The way to the gallery, for who may make campaigns. */
export function NewCampaignLink() {
  const { t } = useTranslation();
  return mayEdit(useMe()) ? <ButtonLink to="/campaigns/new">{t('campaigns.new')}</ButtonLink> : null;
}
