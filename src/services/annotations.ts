/** Annotations and streams of an organization. A stream is made with its first annotation, and deleted with all of them. */
import { authorize } from '../auth/authorize.js';
import { rightsTo } from '../auth/resource-rights.js';
import { transactionBy, type TransactionDependencies } from '../auth/transactions.js';
import type { Actor } from '../domain/actor.js';
import type { AnnotationRecord } from '../domain/annotation.js';
import { conflict, invalid, notFound } from '../domain/errors.js';
import type { Id, IdGenerator, OrganizationId } from '../domain/id.js';
import { DuplicateError, type Store, type StoreWriter } from '../domain/store.js';
import {
  annotationKind,
  checkOrder,
  streamKey,
  type AnnotationFilter,
  type GivenAnnotation,
  type GivenStream,
} from '../kinds/annotations.js';

export interface AnnotationDependencies extends TransactionDependencies {
  readonly ids: IdGenerator;
}

export type Annotations = ReturnType<typeof createAnnotations>;

const rights = rightsTo('annotations');

export const createAnnotations = (dependencies: AnnotationDependencies) => {
  const { store, ids, clock } = dependencies;

  /** Absent ones are `invalid`, as in InfluxDB. */
  async function findOrRefuse(id: Id, is: AnnotationRecord['is'], from: Pick<Store, 'resources'> = store): Promise<AnnotationRecord> {
    const found = await from.resources(annotationKind).find(id);
    if (found?.is !== is) throw invalid(`${is} not found`);
    return found;
  }

  const newStream = (orgID: OrganizationId, { stream, description }: GivenStream): AnnotationRecord => {
    const nowMs = clock();
    const empty = { streamID: '', summary: '', message: '', stickers: {}, startTime: '', endTime: '' };
    return { ...empty, id: ids(), orgID, is: 'stream', stream, description, createdAtMs: nowMs, updatedAtMs: nowMs };
  };

  async function openStream(writer: StoreWriter, orgID: OrganizationId, stream: string): Promise<AnnotationRecord> {
    const found = await writer.resources(annotationKind).findByName(orgID, streamKey(stream));
    if (found !== undefined) return found;
    const made = newStream(orgID, { stream, description: '' });
    await writer.resources(annotationKind).insert(made);
    return made;
  }

  function timesOf({ startTime, endTime = new Date(clock()).toISOString() }: GivenAnnotation) {
    const start = startTime ?? endTime;
    checkOrder(Date.parse(start), Date.parse(endTime));
    return { startTime: start, endTime };
  }

  async function listOf(orgID: OrganizationId, is: AnnotationRecord['is'], from: Pick<Store, 'resources'> = store) {
    const found = await from.resources(annotationKind).listOf(orgID);
    return found.filter((one) => one.is === is);
  }

  function matches({ startMs, endMs = clock(), streams, stickers }: AnnotationFilter) {
    return (annotation: AnnotationRecord): boolean =>
      Date.parse(annotation.startTime) >= startMs &&
      Date.parse(annotation.endTime) <= endMs &&
      (streams.length === 0 || streams.includes(annotation.stream)) &&
      [...stickers].every(([name, value]) => Object.hasOwn(annotation.stickers, name) && annotation.stickers[name] === value);
  }

  async function checkOrganization(writer: StoreWriter, orgID: OrganizationId): Promise<void> {
    if ((await writer.findOrganization(orgID)) === undefined) throw notFound('organization not found');
  }

  async function changeStream(actor: Actor, id: Id, { stream, description }: GivenStream): Promise<AnnotationRecord> {
    const clearance = authorize(actor, rights.toWrite(await findOrRefuse(id, 'stream')));
    try {
      return await transactionBy(dependencies, clearance, async (writer) => {
        const current = await findOrRefuse(id, 'stream', writer);
        const changed = { ...current, stream, description, updatedAtMs: clock() };
        await writer.resources(annotationKind).update(changed);
        if (stream !== current.stream) {
          for (const annotation of await listOf(current.orgID, 'annotation', writer)) {
            if (annotation.streamID === id) await writer.resources(annotationKind).update({ ...annotation, stream });
          }
        }
        return changed;
      });
    } catch (error) {
      throw error instanceof DuplicateError ? conflict(`a stream with the name ${stream} already exists`) : error;
    }
  }

  async function remove(actor: Actor, id: Id, is: AnnotationRecord['is']): Promise<void> {
    const clearance = authorize(actor, rights.toWrite(await findOrRefuse(id, is)));
    await transactionBy(dependencies, clearance, (writer) => writer.resources(annotationKind).delete(id, clock()));
  }

  async function removeAll(
    actor: Actor,
    orgID: OrganizationId,
    is: AnnotationRecord['is'],
    isMeant: (one: AnnotationRecord) => boolean,
  ): Promise<void> {
    const clearance = authorize(actor, rights.toWriteAllIn(orgID));
    await transactionBy(dependencies, clearance, async (writer) => {
      for (const one of await listOf(orgID, is, writer)) if (isMeant(one)) await writer.resources(annotationKind).delete(one.id, clock());
    });
  }

  return {
    async create(actor: Actor, orgID: OrganizationId, given: readonly GivenAnnotation[]): Promise<AnnotationRecord[]> {
      const clearance = authorize(actor, rights.toCreateIn(orgID));
      return transactionBy(dependencies, clearance, async (writer) => {
        await checkOrganization(writer, orgID);
        const made: AnnotationRecord[] = [];
        for (const one of given) {
          const { id: streamID } = await openStream(writer, orgID, one.stream);
          const nowMs = clock();
          const record = { id: ids(), orgID, streamID, description: '', createdAtMs: nowMs, updatedAtMs: nowMs };
          const annotation: AnnotationRecord = { ...one, ...record, ...timesOf(one), is: 'annotation' };
          await writer.resources(annotationKind).insert(annotation);
          made.push(annotation);
        }
        return made;
      });
    },

    async list(actor: Actor, orgID: OrganizationId, filter: AnnotationFilter): Promise<AnnotationRecord[]> {
      authorize(actor, rights.toReadAllIn(orgID));
      return (await listOf(orgID, 'annotation')).filter(matches(filter));
    },

    async find(actor: Actor, id: Id): Promise<AnnotationRecord> {
      const annotation = await findOrRefuse(id, 'annotation');
      authorize(actor, rights.toRead(annotation));
      return annotation;
    },

    async update(actor: Actor, id: Id, given: GivenAnnotation): Promise<AnnotationRecord> {
      const clearance = authorize(actor, rights.toWrite(await findOrRefuse(id, 'annotation')));
      return transactionBy(dependencies, clearance, async (writer) => {
        const current = await findOrRefuse(id, 'annotation', writer);
        const { id: streamID } = await openStream(writer, current.orgID, given.stream);
        const changed = { ...current, ...given, ...timesOf(given), streamID, updatedAtMs: clock() };
        await writer.resources(annotationKind).update(changed);
        return changed;
      });
    },

    remove: (actor: Actor, id: Id): Promise<void> => remove(actor, id, 'annotation'),
    removeMatching: (actor: Actor, orgID: OrganizationId, filter: AnnotationFilter): Promise<void> =>
      removeAll(actor, orgID, 'annotation', matches(filter)),

    /** @param names empty: all */
    async listStreams(actor: Actor, orgID: OrganizationId, names: readonly string[]): Promise<AnnotationRecord[]> {
      authorize(actor, rights.toReadAllIn(orgID));
      return (await listOf(orgID, 'stream')).filter(({ stream }) => names.length === 0 || names.includes(stream));
    },

    /** Makes or changes the one of this name. */
    async putStream(actor: Actor, orgID: OrganizationId, given: GivenStream): Promise<AnnotationRecord> {
      const known = await store.resources(annotationKind).findByName(orgID, streamKey(given.stream));
      if (known !== undefined) return changeStream(actor, known.id, given);
      const clearance = authorize(actor, rights.toCreateIn(orgID));
      try {
        return await transactionBy(dependencies, clearance, async (writer) => {
          await checkOrganization(writer, orgID);
          const made = newStream(orgID, given);
          await writer.resources(annotationKind).insert(made);
          return made;
        });
      } catch (error) {
        throw error instanceof DuplicateError ? conflict(`a stream with the name ${given.stream} already exists`) : error;
      }
    },

    updateStream: changeStream,
    removeStream: (actor: Actor, id: Id): Promise<void> => remove(actor, id, 'stream'),
    removeStreams: (actor: Actor, orgID: OrganizationId, names: readonly string[]): Promise<void> =>
      removeAll(actor, orgID, 'stream', ({ stream }) => names.includes(stream)),
  };
};
