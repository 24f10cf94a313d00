/** Runs of tasks, what they have come to, and the scripts with which they were started. */
import { sql, type Kysely } from 'kysely';

export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('runs')
    .addColumn('id', 'text', (c) => c.primaryKey())
    .addColumn('task_id', 'text', (c) => c.notNull())
    .addColumn('status', 'text', (c) => c.notNull())
    .addColumn('scheduled_for_ms', 'bigint', (c) => c.notNull())
    .addColumn('due_at_ms', 'bigint', (c) => c.notNull())
    .addColumn('requested_at_ms', 'bigint')
    .addColumn('started_at_ns', 'text')
    .addColumn('finished_at_ns', 'text')
    .addColumn('finished_at_ms', 'bigint')
    .addColumn('script_digest', 'text', (c) => c.notNull())
    .addColumn('log', 'text', (c) => c.notNull())
    .addColumn('is_noted', 'integer', (c) => c.notNull())
    .execute();
  await db.schema.createIndex('runs_by_task').on('runs').columns(['task_id', 'scheduled_for_ms', 'id']).execute();
  // Each time of a schedule has one run.
  await db.schema
    .createIndex('runs_of_schedules')
    .unique()
    .on('runs')
    .columns(['task_id', 'scheduled_for_ms'])
    .where(sql.ref('requested_at_ms'), 'is', null)
    .execute();
  await db.schema.createIndex('runs_to_do').on('runs').column('due_at_ms').where(sql.ref('is_noted'), '=', 0).execute();

  await db.schema
    .createTable('run_scripts')
    .addColumn('task_id', 'text', (c) => c.notNull())
    .addColumn('digest', 'text', (c) => c.notNull())
    .addColumn('flux', 'text', (c) => c.notNull())
    .addPrimaryKeyConstraint('run_scripts_key', ['task_id', 'digest'])
    .execute();

  await db.schema
    .createTable('task_progress')
    .addColumn('task_id', 'text', (c) => c.primaryKey())
    .addColumn('latest_scheduled_ms', 'bigint')
    .addColumn('latest_completed_ms', 'bigint')
    .addColumn('latest_success_ms', 'bigint')
    .addColumn('last_run_status', 'text')
    .addColumn('last_run_error', 'text', (c) => c.notNull())
    .execute();
}
