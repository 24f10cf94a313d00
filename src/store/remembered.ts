/** A store that caches what every request needs, and removes it as soon as a change is reported. */
import { BoundedMap } from '../bounded/bounded-map.js';
import type { Noun, Store } from '../domain/store.js';

/** Answers cached per noun; the oldest is removed first, which costs a query later. */
const ANSWERS_MAX = 50_000;

/** Cached answers are valid until a change is reported: a local one before it is answered, one of another server within a limit. */
export function rememberReads<S extends Store>(store: S): S {
  const answersOf = new Map<Noun, Map<string, Promise<unknown>>>();
  store.onChange((changes) => {
    for (const { noun } of changes) answersOf.get(noun)?.clear();
  });

  /** @param key all that the question depends on, unique among those about the noun */
  const remember = <T>(noun: Noun, key: string, ask: () => Promise<T>): Promise<T> => {
    let answers = answersOf.get(noun);
    if (answers === undefined) answersOf.set(noun, (answers = new BoundedMap<string, Promise<unknown>>(ANSWERS_MAX)));
    const known = answers.get(key) as Promise<T> | undefined;
    if (known !== undefined) return known;
    const asked = ask();
    // From the moment at which it is asked: a change forgets it also while the answer is on its way.
    answers.set(key, asked);
    const forget = (): void => {
      if (answers.get(key) === asked) answers.delete(key);
    };
    // An absence is not kept, or strangers could fill the memory with names.
    asked.then((answer) => {
      if (answer === undefined) forget();
    }, forget);
    return asked;
  };

  return {
    ...store,
    findOrganization: (id) => remember('organization', id, () => store.findOrganization(id)),
    findOrganizationByName: (name) => remember('organization', `name ${name}`, () => store.findOrganizationByName(name)),
    findUser: (id) => remember('user', id, () => store.findUser(id)),
    resources: (kind) => {
      const resources = store.resources(kind);
      return {
        ...resources,
        find: (id) => remember(kind.type, id, () => resources.find(id)),
        findByName: (orgID, name) => remember(kind.type, `${orgID} ${name}`, () => resources.findByName(orgID, name)),
        listOf: (orgID) => remember(kind.type, `of ${orgID}`, () => resources.listOf(orgID)),
      };
    },
    listLabelIdsOn: (type, id) => remember('label mapping', `${type} ${id}`, () => store.listLabelIdsOn(type, id)),
    listMembershipsOfUser: (userId) => remember('membership', userId, () => store.listMembershipsOfUser(userId)),
  };
}
