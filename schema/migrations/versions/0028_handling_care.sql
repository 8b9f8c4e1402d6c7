-- Care for citizens at the call-back (SG-28, SG-29), and what waits for a leader's decision (JC-27).

create table callback_wish (                 -- SG-29: how the citizen wants to be asked; no row: by telephone
    order_id uuid primary key references work_order,
    way text not null check (way in ('phone', 'message', 'visit')),
    set_by uuid not null references app_user,
    at timestamptz not null
);

-- Status `person`: the machine does not ring this citizen, somebody asks by telephone, message or visit.
alter table callback add column priority smallint not null default 0;   -- 1: the citizen was upset (SG-28)
drop index callback_due;
create index callback_due on callback (priority desc, next_at) where status = 'waiting';
create index callback_by_person on callback (created_at, id) where status = 'person';

alter table callback_record
    add column way text not null default 'phone',            -- phone, message, visit
    add column officers text[] not null default '{}',        -- who visited, at least two
    add column read_back boolean not null default false;     -- the answers were read back and confirmed (SG-29)

create table leader_decision (               -- what follows when no further round begins by itself
    id uuid primary key,
    order_id uuid not null references work_order,
    round_no smallint not null,
    cause text not null,                     -- two_rounds, unreasonable
    org_id uuid not null references org,     -- the centre whose leaders decide
    user_id uuid references app_user,        -- the leader of the domain, null: any leader of the centre
    asked_at timestamptz not null,
    due_at timestamptz not null,
    lapsed_at timestamptz,                   -- nobody had decided when it was due: told upwards
    decided_at timestamptz,
    unique (order_id, round_no)
);
create index leader_decision_open on leader_decision (due_at) where decided_at is null and lapsed_at is null;
create index leader_decision_list on leader_decision (asked_at desc, id desc) where decided_at is null;

-- Whether a decision is still owed: the order stands warned as it was, and no escalated supervision was opened since.
create function decision_owed(d leader_decision) returns boolean language sql stable as $$
    select d.decided_at is null
       and exists (select 1 from work_order w
                   where w.id = d.order_id and w.stage = 'warned' and w.round_no = d.round_no and w.closed_at is null)
       and not exists (select 1 from order_supervision s
                       where s.order_id = d.order_id and s.mode = 'escalated' and s.opened_at >= d.asked_at)
$$;
