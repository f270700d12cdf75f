import { EXECUTION_STATUSES } from '@drm/contracts';
import type { MigrationInterface, QueryRunner } from 'typeorm';
import { tenantTable } from '../tenancy/tenant-table.ts';
import { TENANT_TABLES } from '../tenancy/tables.ts';

const tables = [
  'job',
  'job_target',
  'job_progress',
  'execution',
  'execution_result',
  'execution_event',
  'effect',
  'outbox',
] as const;

const STATUSES = EXECUTION_STATUSES.map((status) => `'${status}'`).join(', ');

/** Jobs, executions, their events and effects, the outbox and the engine's own bookkeeping. */
export class CreateJob1763600200000 implements MigrationInterface {
  readonly name = 'CreateJob1763600200000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE drm.job (
        tenant_id uuid NOT NULL REFERENCES drm.tenant (tenant_id),
        id uuid NOT NULL,
        name text NOT NULL,
        kind text NOT NULL,
        spec jsonb NOT NULL,
        spec_version smallint NOT NULL DEFAULT 1,
        protocol text,
        affinity text COLLATE "C" NOT NULL DEFAULT 'worker',
        priority smallint NOT NULL DEFAULT 5,
        requested_kind text NOT NULL CHECK (requested_kind IN ('user', 'api_key', 'system')),
        requested_id uuid,
        requested_name text NOT NULL,
        correlation_id text NOT NULL,
        idempotency_key text COLLATE "C",
        request_hash bytea NOT NULL,
        state text NOT NULL DEFAULT 'open' CHECK (state IN ('expanding', 'open', 'ended')),
        paused boolean NOT NULL DEFAULT false,
        paused_reason text,
        cancelling boolean NOT NULL DEFAULT false,
        on_uncertain text NOT NULL DEFAULT 'ask' CHECK (on_uncertain IN ('ask', 'rerun', 'fail')),
        max_attempts smallint NOT NULL,
        deadline_ms int NOT NULL,
        expires_at timestamptz NOT NULL,
        target_count int NOT NULL DEFAULT 0,
        retry_of uuid,
        created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
        ended_at timestamptz,
        PRIMARY KEY (tenant_id, id),
        CONSTRAINT job_idempotency_key UNIQUE (tenant_id, idempotency_key));
      CREATE INDEX job_state_idx ON drm.job (tenant_id, state, id);
      CREATE INDEX job_kind_idx ON drm.job (tenant_id, kind, id);
      CREATE INDEX job_expanding_idx ON drm.job (created_at) WHERE state = 'expanding';
      CREATE INDEX job_open_idx ON drm.job (tenant_id, id) WHERE state = 'open';
      CREATE INDEX job_cancelling_idx ON drm.job (tenant_id, id) WHERE cancelling AND state = 'open';
      CREATE INDEX job_expires_idx ON drm.job (expires_at) WHERE state <> 'ended';
      CREATE INDEX job_ended_idx ON drm.job (tenant_id, ended_at) WHERE state = 'ended';
      CREATE INDEX job_ended_at_idx ON drm.job (ended_at) WHERE state = 'ended';

      -- Targets of a job that is still expanding: frozen at submit, gone when its executions exist.
      CREATE TABLE drm.job_target (
        tenant_id uuid NOT NULL,
        job_id uuid NOT NULL,
        device_id uuid NOT NULL,
        PRIMARY KEY (tenant_id, job_id, device_id));

      CREATE TABLE drm.job_progress (
        tenant_id uuid NOT NULL,
        job_id uuid NOT NULL,
        shard smallint NOT NULL,
        status text COLLATE "C" NOT NULL,
        n bigint NOT NULL,
        PRIMARY KEY (tenant_id, job_id, shard, status)) WITH (fillfactor = 50);

      CREATE TABLE drm.execution (
        tenant_id uuid NOT NULL,
        id uuid NOT NULL,
        job_id uuid NOT NULL,
        target_key text COLLATE "C" NOT NULL,
        device_id uuid,
        affinity text COLLATE "C" NOT NULL,
        priority smallint NOT NULL,
        status text COLLATE "C" NOT NULL CHECK (status IN (${STATUSES})),
        waiting_reason text COLLATE "C",
        waiting_since timestamptz,
        waiting_on uuid,
        holds_device boolean NOT NULL DEFAULT false,
        attempt smallint NOT NULL DEFAULT 0,
        crashes smallint NOT NULL DEFAULT 0,
        max_attempts smallint NOT NULL,
        mode text NOT NULL DEFAULT 'run' CHECK (mode IN ('run', 'verify')),
        ready_at timestamptz NOT NULL DEFAULT now(),
        run_after timestamptz,
        expires_at timestamptz NOT NULL,
        dispatched_at timestamptz,
        lease_until timestamptz,
        fence bigint,
        holder text,
        step jsonb,
        error jsonb,
        error_code text COLLATE "C",
        cancel_requested boolean NOT NULL DEFAULT false,
        event_seq int NOT NULL DEFAULT 0,
        created_at timestamptz NOT NULL DEFAULT now(),
        started_at timestamptz,
        ended_at timestamptz,
        PRIMARY KEY (tenant_id, id),
        CONSTRAINT execution_target_key UNIQUE (tenant_id, job_id, target_key))
        WITH (fillfactor = 80, autovacuum_vacuum_scale_factor = 0.02);
      CREATE UNIQUE INDEX execution_device_hold_key ON drm.execution (tenant_id, device_id)
        WHERE status IN ('dispatched', 'running') OR holds_device;
      CREATE INDEX execution_queued_idx ON drm.execution (affinity, tenant_id, priority, ready_at, id)
        WHERE status = 'queued';
      CREATE INDEX execution_waiting_idx ON drm.execution (tenant_id, device_id, priority, ready_at)
        WHERE status = 'waiting';
      CREATE INDEX execution_run_after_idx ON drm.execution (run_after)
        WHERE status = 'waiting' AND run_after IS NOT NULL;
      CREATE INDEX execution_dispatched_idx ON drm.execution (dispatched_at) WHERE status = 'dispatched';
      CREATE INDEX execution_running_idx ON drm.execution (lease_until) WHERE status = 'running';
      CREATE INDEX execution_error_idx ON drm.execution (tenant_id, job_id, error_code) WHERE status = 'failed';
      CREATE INDEX execution_device_idx ON drm.execution (tenant_id, device_id, id);

      CREATE TABLE drm.execution_result (
        tenant_id uuid NOT NULL,
        execution_id uuid NOT NULL,
        payload jsonb NOT NULL,
        PRIMARY KEY (tenant_id, execution_id));

      CREATE TABLE drm.execution_event (
        tenant_id uuid NOT NULL,
        job_id uuid NOT NULL,
        execution_id uuid NOT NULL,
        seq int NOT NULL,
        txid xid8 NOT NULL DEFAULT pg_current_xact_id(),
        pos bigint GENERATED ALWAYS AS IDENTITY,
        at timestamptz NOT NULL DEFAULT clock_timestamp(),
        kind text NOT NULL,
        data jsonb NOT NULL DEFAULT '{}',
        PRIMARY KEY (tenant_id, job_id, txid, pos));
      CREATE INDEX execution_event_timeline_idx ON drm.execution_event (tenant_id, execution_id, seq);

      CREATE TABLE drm.effect (
        tenant_id uuid NOT NULL,
        execution_id uuid NOT NULL,
        n smallint NOT NULL,
        kind text NOT NULL,
        evidence jsonb NOT NULL,
        begun_at timestamptz NOT NULL DEFAULT clock_timestamp(),
        outcome text,
        ended_at timestamptz,
        PRIMARY KEY (tenant_id, execution_id, n));

      CREATE TABLE drm.outbox (
        tenant_id uuid NOT NULL,
        id uuid NOT NULL,
        topic text NOT NULL,
        payload jsonb NOT NULL,
        created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
        claimed_until timestamptz,
        done_at timestamptz,
        tries smallint NOT NULL DEFAULT 0,
        PRIMARY KEY (tenant_id, id));
      CREATE INDEX outbox_open_idx ON drm.outbox (created_at) WHERE done_at IS NULL;

      CREATE TABLE drm.runner (
        id text PRIMARY KEY,
        app text NOT NULL,
        slots int NOT NULL,
        protocols text[] NOT NULL,
        started_at timestamptz NOT NULL DEFAULT now(),
        seen_at timestamptz NOT NULL DEFAULT now());
      CREATE TABLE drm.cron_lease (name text PRIMARY KEY, holder text, until timestamptz NOT NULL DEFAULT '-infinity');
      CREATE TABLE drm.engine_epoch (one boolean PRIMARY KEY DEFAULT true CHECK (one), epoch int NOT NULL);
      INSERT INTO drm.engine_epoch (epoch) VALUES (1);

      ALTER TABLE drm.runner OWNER TO app_owner;
      ALTER TABLE drm.cron_lease OWNER TO app_owner;
      ALTER TABLE drm.engine_epoch OWNER TO app_owner;
      GRANT SELECT ON drm.engine_epoch, drm.runner TO app_rw;
      GRANT SELECT, INSERT, UPDATE, DELETE ON drm.runner, drm.cron_lease TO app_worker, app_gateway, app_engine;
      GRANT SELECT ON drm.engine_epoch TO app_worker, app_gateway, app_engine;

      ${tables.map((name) => tenantTable(name, TENANT_TABLES[name])).join('\n')}
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DROP TABLE drm.engine_epoch, drm.cron_lease, drm.runner, drm.outbox, drm.effect, drm.execution_event,
        drm.execution_result, drm.execution, drm.job_progress, drm.job_target, drm.job;
    `);
  }
}
