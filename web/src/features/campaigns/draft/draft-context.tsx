import { useQueryClient } from '@tanstack/react-query';
import { createContext, use, useEffect, useMemo, useState, useSyncExternalStore, type ReactNode } from 'react';
import type { ApiProblem } from '../../../lib/api.ts';
import { mayEdit, useMe } from '../../../lib/me.ts';
import { campaignPort, documentOf, keptCopy, type Campaign, type CampaignDocument } from './draft-port.ts';
import { DraftStore, type Snapshot } from './draft-store.ts';

type Store = DraftStore<CampaignDocument, ApiProblem>;
const Context = createContext<{ store: Store; campaign: Campaign } | null>(null);

/** One draft for all tabs of a campaign, so that going to its results and back forgets neither a change nor a step of undo. */
export function DraftProvider({ campaign, children }: { campaign: Campaign; children: ReactNode }) {
  const queries = useQueryClient();
  const [store] = useState(() => new DraftStore(campaignPort(campaign.id, (saved) => { queries.setQueryData(['campaign', saved.id], saved); }), documentOf(campaign), keptCopy(campaign.id)));
  useEffect(() => { store.meet(documentOf(campaign)); }, [store, campaign]);
  useEffect(() => {
    addEventListener('online', store.retry);
    return () => { removeEventListener('online', store.retry); };
  }, [store]);
  // What is open when the page is left goes out at once; what does not get through is in the copy.
  useEffect(() => () => { void store.flush(); store.close(); }, [store]);
  const value = useMemo(() => ({ store, campaign }), [store, campaign]);
  return <Context value={value}>{children}</Context>;
}

export interface OpenDraft extends Snapshot<CampaignDocument, ApiProblem> {
  /** As the server last said it: state, version, revision. */
  campaign: Campaign;
  definition: CampaignDocument['definition'];
  /** Changes the definition. Changes with the same `merge` one after the other are one step of undo (give the place being typed in). */
  change(next: (definition: CampaignDocument['definition']) => CampaignDocument['definition'], merge?: string): void;
  rename(name: string): void;
  undo(): void;
  redo(): void;
  /** Saves now. @returns whether the server has everything */
  flush(): Promise<boolean>;
  takeTheirs(): void;
  keepMine(): void;
  retry(): void;
  /** Nobody may change it: an analyst looks, or the campaign has ended. */
  readOnly: boolean;
}

/** The draft of the campaign whose page this is. */
export function useDraft(): OpenDraft {
  const held = use(Context);
  if (!held) throw new Error('useDraft is only for parts of the pages of one campaign');
  const { store, campaign } = held;
  const snapshot = useSyncExternalStore(store.subscribe, store.read);
  const readOnly = !mayEdit(useMe()) || campaign.state === 'stopped' || campaign.state === 'archived';
  const acts = useMemo(() => ({
    change: (next: (definition: CampaignDocument['definition']) => CampaignDocument['definition'], merge?: string) => {
      store.change((document) => { const definition = next(document.definition); return definition === document.definition ? document : { ...document, definition }; }, merge ?? null);
    },
    rename: (name: string) => { store.change((document) => ({ ...document, name }), 'name'); },
    undo: () => { store.undo(); }, redo: () => { store.redo(); }, flush: () => store.flush(), takeTheirs: () => { store.takeTheirs(); }, keepMine: () => { store.keepMine(); }, retry: store.retry,
  }), [store]);
  return { ...snapshot, ...acts, campaign, definition: snapshot.document.definition, readOnly };
}
