import { getRouteApi, Navigate } from '@tanstack/react-router';
import { BroadcastEditor } from './broadcast/broadcast-editor.tsx';
import { useDraft } from './draft/draft-context.tsx';
import { SeriesEditor } from './series/series-editor.tsx';

const route = getRouteApi('/campaigns/$id/');

/** The editor of a campaign, by what it is. */
export function CampaignEditor() {
  const { id } = route.useParams();
  const { at } = route.useSearch();
  const { definition } = useDraft();
  if (definition.type === 'broadcast') return <BroadcastEditor at={at} />;
  return definition.type === 'series' ? <SeriesEditor /> : <Navigate to="/auto-messages/$id" params={{ id }} replace />;
}
