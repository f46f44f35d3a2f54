import { api, answer, ApiProblem, type Api } from '../../../lib/api.ts';
import type { Kept, Outcome, Port } from './draft-store.ts';

/** A campaign as its editor sees it. Where the draft has gaps, parts of the definition are missing, null or empty. */
export interface CampaignDocument { name: string; definition: Api<'CampaignDefinition'> }
export type Campaign = Api<'Campaign'>;

export const documentOf = ({ revision, name, definition }: Campaign): Kept<CampaignDocument> => ({ revision, document: { name, definition } });

const placeOf = (id: string) => `danbi:draft:${id}`;

/** What an earlier visit could not save, if this browser still has it. */
export function keptCopy(id: string): Kept<CampaignDocument> | null {
  try {
    return JSON.parse(localStorage.getItem(placeOf(id)) ?? 'null') as Kept<CampaignDocument> | null;
  } catch {
    return null;
  }
}

/** Saves one campaign's draft over the API; `onSaved` gets what the server made of it. */
export function campaignPort(id: string, onSaved: (campaign: Campaign) => void): Port<CampaignDocument, ApiProblem> {
  return {
    later: (work, milliseconds) => {
      const timer = setTimeout(work, milliseconds);
      return () => { clearTimeout(timer); };
    },
    keep: (copy) => {
      try {
        if (copy === null) localStorage.removeItem(placeOf(id));
        else localStorage.setItem(placeOf(id), JSON.stringify(copy));
      } catch {
        // No room, or not allowed to keep anything: what is open in this tab is all there is.
      }
    },
    save: async ({ name, definition }, revision) => {
      try {
        const campaign = await answer(api.PUT('/v1/campaigns/{id}', { params: { path: { id } }, body: { revision, name, definition: definition as Api<'CampaignDraft'>, unfinished: true } }));
        onSaved(campaign);
        return { kind: 'saved', revision: campaign.revision };
      } catch (error) {
        return refused(id, error);
      }
    },
  };
}

async function refused(id: string, error: unknown): Promise<Outcome<CampaignDocument, ApiProblem>> {
  if (!(error instanceof ApiProblem) || error.status >= 500 || error.status === 429 || error.status === 401) return { kind: 'away' };
  if (error.code !== 'campaign.changed') return { kind: 'refused', problem: error };
  try {
    return { kind: 'conflict', theirs: documentOf(await answer(api.GET('/v1/campaigns/{id}', { params: { path: { id } } }))), problem: error };
  } catch {
    return { kind: 'away' };
  }
}
