-- The whole life of an order (requirements A2, A3.2). Everything here is a plain column of the row; what has a life of its
-- own (returns, supervision, contacts ...) has its own tables.
alter table work_order
    -- intake (B-44, JC-17)
    add column origin text not null default 'demand',           -- demand, proactive (JC-36)
    add column source_hotline text not null default '',         -- the number it came in by (JC-11)
    add column external_id text,                                -- the channel's own id: unique with the channel
    add column upper_ref text,                                  -- number at the upper-level platform
    add column upper_due_at timestamptz,                        -- kept as given (JC-17): never moved by us
    add column origin_order_id uuid references work_order,      -- what is reviewed or reopened (XY-24)
    add column caller_type text not null default 'person',      -- person, enterprise, other (JC-01)
    add column caller_needs text[] not null default '{}',       -- hard_of_hearing, dialect, proxy (SG-29)
    add column special_groups text[] not null default '{}',     -- GH-06, sensitive
    add column emotion text not null default 'calm',            -- calm, low, irritated, fierce (SG-28)
    add column anonymous boolean not null default false,
    add column location_type text not null default '',          -- street_surface, estate, village ... (XY-35)
    add column latitude double precision,                       -- WGS84
    add column longitude double precision,
    add column grid_code text not null default '',
    add column reported_body text not null default '',          -- whom the demand is about
    add column tags text[] not null default '{}',
    add column season text not null default '',                 -- campaign (GH-02)
    -- classification and dispatch
    add column level text not null default 'normal',            -- normal, semi_urgent, urgent (GH-14)
    add column category_code text not null default '',
    add column item_id uuid,                                    -- responsibility item cited (SG-06)
    add column article_id uuid,                                 -- knowledge article of a direct answer (JC-19)
    add column first_org_id uuid references org,                -- 首派 (GH-10): set once
    add column territory_org_id uuid references org,            -- 属地 (SJ-09)
    add column duty_org_id uuid references org,                 -- 权属
    add column duty_body text not null default '',              -- a body that is no org of ours
    add column block_reason text,                               -- SJ-03
    add column locked boolean not null default false,           -- no return any more (XY-20, XY-23)
    add column dispatch_kind text,                              -- ordinary, redispatch, signed, claimed
    add column redispatches smallint not null default 0,
    add column returns smallint not null default 0,             -- distinct orgs whose return was granted (A-06)
    add column hops smallint not null default 0,                -- SG-07
    add column held_since timestamptz,                          -- when the present holder got it
    -- handling
    add column case_owner uuid references app_user,             -- SJ-13
    add column head_user uuid references app_user,              -- XY-14
    add column reasonableness text,                             -- JC-20: reasonable, partly, unreasonable, litigation
    add column reasonableness_confirmed boolean not null default false,
    add column replied_at timestamptz,                          -- when the citizen was told
    add column finished_at timestamptz,                         -- actual finish on the ground (JC-25)
    -- overlays
    add column supervisions smallint not null default 0,        -- open ones block the close (JC-24)
    add column violations text[] not null default '{}',         -- XY-02: perfunctory, passing_buck, pushing_up ...
    add column exclusion text,                                  -- pending, approved, rejected (XY-27)
    add column key_listed boolean not null default false,       -- SG-12
    add column difficult boolean not null default false,        -- XY-16
    add column matter_id uuid,                                  -- the event it belongs to (SJ-01)
    add column master boolean not null default false,           -- leads its event
    add column extended smallint not null default 0,
    add column ledger_due date,                                 -- 挂账
    add column reopened smallint not null default 0,
    add column satisfied_late boolean,                          -- warned, then satisfied
    add column again boolean not null default false,            -- in a second or later round of handling (XY-13)
    add column assigned_by_org_id uuid references org,          -- the centre above that passed it down (XY-05)
    add column assigned_at timestamptz,                         -- when: another clock than dispatched_at (XY-05)
    add column effect_due date,                                 -- effect check after the close (GH-16)
    add column effect_holds boolean;                            -- what the check found
alter table order_event add column changes jsonb not null default '{}';
create unique index work_order_external on work_order (channel, external_id) where external_id is not null;
create index work_order_matter on work_order (matter_id) where matter_id is not null;
