import { SETTINGS } from '../features/settings/settings-places.ts';
import { PLACES } from './places.ts';

/** Below the places of the bar: each page under the place it belongs to, with the words that head it. */
const BELOW = [
  { to: '/deliveries/mailbox', under: 'nav.deliveries', label: 'deliveries.mailbox.title' },
  { to: '/messages/snippets', under: 'nav.messages', label: 'messages.tabs.snippets' },
  { to: '/messages/replies', under: 'nav.messages', label: 'messages.tabs.replies' },
  { to: '/people/import', under: 'nav.people', label: 'people.import.open' },
  { to: '/results/deliverability', under: 'nav.results', label: 'reports.deliverability.title' },
  { to: '/results/overlap', under: 'nav.results', label: 'reports.overlap.title' },
  { to: '/results/holdouts', under: 'nav.results', label: 'reports.holdouts.title' },
  { to: '/data/live', under: 'nav.data', label: 'data.live.title' },
  { to: '/data/attributes', under: 'nav.data', label: 'data.attributes' },
] as const;
/** What begins something; only for who may. */
const NEW = [
  { to: '/campaigns/new', under: 'nav.campaigns', label: 'campaigns.new' },
  { to: '/auto-messages/new', under: 'nav.autoMessages', label: 'autoMessages.new.action' },
  { to: '/segments/new', under: 'nav.segments', label: 'segments.new' },
  { to: '/messages/snippets/new', under: 'nav.messages', label: 'messages.snippets.new' },
] as const;
const OF_SETTINGS = SETTINGS.map(({ to, key }) => ({ to, under: 'nav.settings', label: `settings.places.${key}` }) as const);

/** Whose words name the pages: the palette begins with them, as words that come while somebody types throw away what was found. */
export const WORDS = ['autoMessages', 'campaigns', 'data', 'deliveries', 'messages', 'people', 'reports', 'segments', 'settings'] as const;

/** Every page with an address of its own that the palette finds by name: those of the bar, below them, of the settings, and what begins something. */
export const pagesOf = (mayEdit: boolean) => [...PLACES.map(({ to, key }) => ({ to, under: null, label: `nav.${key}` }) as const), ...BELOW, ...OF_SETTINGS, ...(mayEdit ? NEW : [])];
/** The picture of the place that a page belongs to. */
export const iconOf = ({ under, label }: { under: string | null; label: string }) => PLACES.find(({ key }) => `nav.${key}` === (under ?? label))!.Icon;
