import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { Problem } from '../../kernel/errors.js';
import { HELPER_DOCS, type HelperDoc } from './helper-docs.js';
import { loadBookFor } from './store/snippets.store.js';
import { seenOfEvents, seenOfPeople, type SeenValue } from './store/merge-tags.store.js';
import { FieldChecks } from './template-field.js';
import { templatesIn } from './templates-in.js';

export interface MergeTag {
  /** As written in a template. */
  tag: string;
  path: string;
  types: string[];
  /** Share of those looked at who have it, from 0 to 1; null where the question has no meaning. */
  share: number | null;
}

export interface MergeTags {
  people: { looked: number; isExact: boolean; tags: MergeTag[] };
  event: { name: string; looked: number; tags: MergeTag[] } | null;
  builtIn: { tag: string; path: string; en: string; ko: string }[];
  helpers: ({ name: string } & HelperDoc)[];
}

export interface UsedTag {
  path: string;
  /** Where it stands: `subject`, `translations.ko.body`. */
  places: string[];
  /** Without it the message is not made. */
  required: boolean;
}

export interface TagsUsed { tags: UsedTag[]; helpers: string[]; snippets: string[]; problems: Problem[] }

const BUILT_IN: [string, string, string][] = [
  ['person.id', 'Id of the person in Danbi', 'Danbi의 고객 ID'],
  ['workspace.name', 'Name of the workspace', '워크스페이스 이름'],
  ['workspace.senderContact', 'Postal address or contact of the sender', '보내는 사람의 주소 또는 연락처'],
  ['workspace.timeZone', 'Time zone of the workspace', '워크스페이스 시간대'],
  ['workspace.language', 'Language of the workspace', '워크스페이스 언어'],
  ['message.unsubscribeUrl', 'Page to unsubscribe (e-mail)', '수신 거부 페이지 주소(이메일)'],
  ['message.preferencesUrl', 'Page of all topics (e-mail)', '수신 설정 페이지 주소(이메일)'],
  ['message.language', 'Language in which dates and numbers of this message are written', '이 메시지의 날짜와 숫자에 쓰는 언어'],
  ['message.korean', 'True when that language is Korean', '그 언어가 한국어이면 참'],
  ['message.optOut', 'True when the footer has to show the opt-out notice in Korean and English', '하단에 한글·영문 수신거부 안내를 표시해야 하면 참'],
  ['message.transactional', 'True for topics people can not unsubscribe from', '수신 거부할 수 없는 주제이면 참'],
];

/** A name as Handlebars reads it; others stand in brackets. */
const PLAIN_NAME = /^[^\s!"#%&'()*+,./;<=>@[\\\]^`{|}~]+$/;
const pathOf = (root: string, keys: readonly string[]) => [root, ...keys.map((key) => (PLAIN_NAME.test(key) && !/^\d+$/.test(key) ? key : `[${key}]`))].join('.');
/** Brackets and braces have no place inside a name in a template. */
const isNameable = ({ keys }: SeenValue) => keys.every((key) => key !== '' && !/[\][{}"'\\\p{Cc}]/u.test(key));
const share = (having: number, looked: number) => (looked === 0 ? null : Math.round((having / looked) * 10_000) / 10_000);

/** Tells authors what a template may say, and what theirs says. */
@Injectable()
export class MergeTagsService {
  constructor(private readonly db: DataSource) {}

  /** @param event name of the event that lets people in, whose properties are then listed */
  async all(event?: string): Promise<MergeTags> {
    const people = await seenOfPeople(this.db);
    const tagsOf = (root: string, looked: number, seen: readonly SeenValue[]): MergeTag[] => seen.filter(isNameable).map(({ keys, types, having }) => tag(pathOf(root, keys), types, share(having, looked)));
    const fields = Object.entries(people.fields).map(([field, having]) => tag(`person.${field}`, ['string'], share(having, people.looked)));
    // A field hides an attribute of the same name, as it does in rendering.
    const hidden = new Set([...fields.map(({ path }) => path), 'person.id']);
    const events = event === undefined ? null : await seenOfEvents(this.db, event);
    return {
      people: { looked: people.looked, isExact: people.isExact, tags: [...fields, ...tagsOf('person', people.looked, people.attributes).filter(({ path }) => !hidden.has(path))] },
      event: events && { name: event!, looked: events.looked, tags: tagsOf('event', events.looked, events.properties) },
      builtIn: BUILT_IN.map(([path, en, ko]) => ({ tag: `{{${path}}}`, path, en, ko })),
      helpers: Object.entries(HELPER_DOCS).map(([name, doc]) => ({ name, ...doc })),
    };
  }

  /** What a message names, in all its fields and languages, snippets included. */
  async usedBy(content: object): Promise<TagsUsed> {
    const book = await loadBookFor(this.db, content);
    const used = new Map<string, UsedTag>();
    const helpers = new Set<string>();
    const problems: Problem[] = [];
    for (const { path: place, text, language } of templatesIn(content)) {
      const fields = new FieldChecks({ book, language });
      const checked = fields.check(place, text, place.endsWith('body') ? 'body' : 'text');
      problems.push(...fields.problems);
      checked?.helpers.forEach((name) => helpers.add(name));
      for (const { path, required } of checked?.uses ?? []) {
        const known = used.get(path) ?? { path, places: [], required: false };
        used.set(path, { path, places: [...new Set([...known.places, place])], required: known.required || required });
      }
    }
    return { tags: [...used.values()].toSorted((a, b) => (a.path < b.path ? -1 : 1)), helpers: [...helpers].toSorted(), snippets: [...book.keys()].toSorted(), problems };
  }
}

const tag = (path: string, types: string[], part: number | null): MergeTag => ({ tag: `{{${path}}}`, path, types, share: part });
