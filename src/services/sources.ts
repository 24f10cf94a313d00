/** Sources: as all resources, and the server itself as one that cannot be changed. */
import { authorize, filterAllowed } from '../auth/authorize.js';
import { rightsToKind } from '../auth/kind-rights.js';
import { forbidden } from '../domain/errors.js';
import { OWN_SOURCE, sourceKind } from '../kinds/sources.js';
import { createResources, type ResourceDependencies } from './resources.js';

const rights = rightsToKind(sourceKind);

export const createSources = (dependencies: ResourceDependencies) => {
  const sources = createResources(sourceKind, dependencies);
  const overridden: Pick<typeof sources, 'find' | 'list' | 'update' | 'remove' | 'operate'> = {
    async find(actor, id) {
      if (id !== OWN_SOURCE.id) return sources.find(actor, id);
      authorize(actor, rights.toRead(OWN_SOURCE));
      return OWN_SOURCE;
    },

    async list(actor, query, page, order) {
      const own = filterAllowed(actor, sourceKind.type, [OWN_SOURCE], (source) => rights.toRead(source));
      return [...own, ...(await sources.list(actor, query, page, order))];
    },

    async update(actor, id, change) {
      if (id !== OWN_SOURCE.id) return sources.update(actor, id, change);
      authorize(actor, rights.toWrite(OWN_SOURCE));
      throw forbidden('cannot change autogen source');
    },

    async remove(actor, id) {
      if (id !== OWN_SOURCE.id) return sources.remove(actor, id);
      authorize(actor, rights.toWrite(OWN_SOURCE));
      throw forbidden('cannot delete autogen source');
    },

    async operate(actor, id, operation, request) {
      if (id !== OWN_SOURCE.id) return sources.operate(actor, id, operation, request);
      authorize(actor, ...operation.needs.map((action) => rights.to(action, OWN_SOURCE)));
      return operation.apply(OWN_SOURCE, request, { nowMs: dependencies.clock(), newId: dependencies.ids });
    },
  };
  return { ...sources, ...overridden };
};
