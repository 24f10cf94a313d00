/** Labels and what they stick on. */
import type { LabelId, OrganizationId } from '../domain/id.js';
import { labelNameKey, type Label } from '../domain/label.js';
import type { StoreWriter } from '../domain/store.js';
import { within } from './paging.js';
import type { Database, RecordChange, TellDamage } from './database.js';
import { readJson } from './stored-json.js';
import type { Tables } from './tables.js';

type Methods = Pick<
  StoreWriter,
  'findLabel' | 'listLabels' | 'listLabelsOn' | 'insertLabel' | 'updateLabel' | 'deleteLabel' | 'attachLabel' | 'detachLabel'
>;

export const labelQueries = (db: Database, record: RecordChange, tellDamage: TellDamage): Methods => ({
  async findLabel(id) {
    const row = await db.selectFrom('labels').selectAll().where('id', '=', id).executeTakeFirst();
    return row && decodeRow(row, tellDamage);
  },

  async listLabels(filter) {
    const { orgID, name } = filter;
    let query = db
      .selectFrom('labels')
      .selectAll()
      .where((eb) => within(eb, filter.readable, 'labels.id', 'labels.organization_id'));
    if (orgID !== undefined) query = query.where('organization_id', '=', orgID);
    if (name !== undefined) query = query.where('name_key', '=', labelNameKey(name));
    const rows = await query.orderBy('id').execute();
    return rows.map((row) => decodeRow(row, tellDamage));
  },

  async listLabelsOn(resourceId) {
    const rows = await db
      .selectFrom('labels')
      .innerJoin('label_attachments', 'label_attachments.label_id', 'labels.id')
      .selectAll('labels')
      .where('label_attachments.resource_id', '=', resourceId)
      .orderBy('labels.id')
      .execute();
    return rows.map((row) => decodeRow(row, tellDamage));
  },

  async insertLabel(label) {
    await db.insertInto('labels').values(encode(label)).execute();
    record({ noun: 'label', kind: 'insert', id: label.id });
  },

  async updateLabel(label) {
    const { id, ...columns } = encode(label);
    const { numUpdatedRows } = await db.updateTable('labels').set(columns).where('id', '=', id).executeTakeFirst();
    if (numUpdatedRows > 0n) record({ noun: 'label', kind: 'update', id });
    return numUpdatedRows > 0n;
  },

  async deleteLabel(id) {
    await db.deleteFrom('label_attachments').where('label_id', '=', id).execute();
    const { numDeletedRows } = await db.deleteFrom('labels').where('id', '=', id).executeTakeFirst();
    if (numDeletedRows > 0n) record({ noun: 'label', kind: 'delete', id });
    return numDeletedRows > 0n;
  },

  async attachLabel(labelId, resourceId) {
    await db
      .insertInto('label_attachments')
      .values({ label_id: labelId, resource_id: resourceId })
      .onConflict((conflict) => conflict.columns(['resource_id', 'label_id']).doNothing())
      .execute();
    record({ noun: 'label', kind: 'update', id: labelId });
  },

  async detachLabel(labelId, resourceId) {
    const { numDeletedRows } = await db
      .deleteFrom('label_attachments')
      .where('label_id', '=', labelId)
      .where('resource_id', '=', resourceId)
      .executeTakeFirst();
    if (numDeletedRows > 0n) record({ noun: 'label', kind: 'update', id: labelId });
    return numDeletedRows > 0n;
  },
});

const encode = (label: Label): Tables['labels'] => ({
  id: label.id,
  organization_id: label.orgID,
  name: label.name,
  name_key: labelNameKey(label.name),
  properties: JSON.stringify(label.properties),
});

function decodeRow(row: Tables['labels'], tellDamage: TellDamage): Label {
  const properties = readJson(row.properties, isProperties);
  if (properties === undefined) tellDamage({ noun: 'label', id: row.id, problem: 'its properties cannot be read' });
  return { id: row.id as LabelId, orgID: row.organization_id as OrganizationId, name: row.name, properties: properties ?? {} };
}

const isProperties = (value: unknown): value is Label['properties'] =>
  typeof value === 'object' && value !== null && Object.values(value).every((property) => typeof property === 'string');
