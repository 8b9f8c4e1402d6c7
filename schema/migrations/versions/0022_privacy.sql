-- Keys, sealed columns, the chained audit trail, slots of orgs, the citizen's own pages.

-- What the keys of this database's first start make of a known text: other keys are noticed before they seal anything.
create table vault_check (
    only_one boolean primary key default true check (only_one),
    sealed text not null,
    keyed bytea not null,
    made_at timestamptz not null
);
-- How far each column has been sealed under the newest key: `mark` names that key.
create table vault_pass (
    place text primary key,
    mark text not null,
    after_id uuid not null default '00000000-0000-0000-0000-000000000000',
    done boolean not null default false
);

-- caller_name and caller_number hold sealed text; numbers are compared by their keyed hash.
alter table work_order add column caller_key bytea not null default '';
drop index work_order_caller;
create index work_order_caller on work_order (caller_key, created_at desc) where caller_key <> '';

-- The number that a call-back dials, likewise.
alter table callback add column number_key bytea not null default '';
drop index callback_number_in_the_air;
create unique index callback_number_in_the_air on callback (number_key) where status = 'dialling' and number_key <> '';

-- The trail: rows are written once, and chained by one writer at a time (people/chain.py). `xid` is the transaction that
-- wrote the row: whatever is older than the oldest open one is complete, and can be chained without waiting for anybody.
alter table audit_log add column xid xid8 not null default pg_current_xact_id();
alter table order_event add column xid xid8 not null default pg_current_xact_id();
create index audit_log_xid on audit_log (xid);
create index order_event_xid on order_event (xid);
create index audit_log_actor_action on audit_log (actor_id, action, at desc);

create table audit_chain (
    seq bigint primary key check (seq > 0),
    source text not null check (source in ('audit_log', 'order_event')),
    row_id uuid not null,
    digest bytea not null,                   -- keyed, of the digest before and the row (Vault.link)
    unique (row_id, source)
);
create table audit_chain_place (
    only_one boolean primary key default true check (only_one),
    xid xid8 not null,                       -- every row of an older transaction is chained
    sealed_at timestamptz not null
);

create function keep_as_written() returns trigger language plpgsql as $$
begin
    raise exception '% is written once: rows are neither changed nor removed', tg_table_name
        using errcode = 'insufficient_privilege';
end $$;
create trigger audit_log_written_once before update or delete on audit_log
    for each row execute function keep_as_written();
create trigger audit_log_kept before truncate on audit_log for each statement execute function keep_as_written();
create trigger order_event_written_once before update or delete on order_event
    for each row execute function keep_as_written();
create trigger order_event_kept before truncate on order_event for each statement execute function keep_as_written();
create trigger audit_chain_written_once before update or delete on audit_chain
    for each row execute function keep_as_written();
create trigger audit_chain_kept before truncate on audit_chain for each statement execute function keep_as_written();

-- Who stands for an org, with history (SJ-35, JC-04).
create table org_slot (
    id uuid primary key,
    org_id uuid not null references org,
    slot text not null check (slot in ('chief', 'deputy', 'section')),
    user_id uuid not null references app_user,
    since timestamptz not null,
    until timestamptz,
    set_by uuid references app_user
);
create unique index org_slot_held on org_slot (org_id, slot) where until is null;
create index org_slot_history on org_slot (org_id, slot, since desc);

create table domain_leader (                 -- XY-03
    org_id uuid not null references org,
    domain text not null,
    user_id uuid not null references app_user,
    since timestamptz not null,
    primary key (org_id, domain)
);

-- One-tap rating (JC-01): only the link's digest is kept; it works once.
create table rating_link (
    id uuid primary key,
    order_id uuid not null references work_order,
    round_no smallint not null,
    token_hash bytea not null unique,
    made_at timestamptz not null,
    expires_at timestamptz not null,
    used_at timestamptz,
    answer jsonb,                            -- resolved, satisfied, four scores; no word of the citizen's
    settled_at timestamptz                   -- when the order was told
);
create index rating_link_unsettled on rating_link (used_at) where answer is not null and settled_at is null;
create index rating_link_order on rating_link (order_id, made_at desc);

-- Public pages: what an address (its keyed hash) asked for lately.
create table public_ask (
    id uuid primary key,
    at timestamptz not null,
    asker bytea not null,
    place text not null                      -- progress, rating
);
create index public_ask_recent on public_ask (asker, at);
create index public_ask_at on public_ask (at);

-- What is chained of a row: its own columns as text, the same on every machine and in every time zone. Columns that are
-- added later are not part of it.
create function audit_text(a audit_log) returns text immutable language sql as $$
    select jsonb_build_object(
        'id', a.id, 'at', to_char(a.at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US'), 'actor', a.actor_id,
        'action', a.action, 'subject_type', a.subject_type, 'subject_id', a.subject_id, 'detail', a.detail)::text
$$;
create function event_text(e order_event) returns text immutable language sql as $$
    select jsonb_build_object(
        'id', e.id, 'at', to_char(e.at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US'), 'actor', e.actor_id,
        'order', e.order_id, 'seq', e.seq, 'move', e.move, 'before', e.stage_before, 'after', e.stage_after,
        'body', e.body, 'changes', e.changes)::text
$$;
