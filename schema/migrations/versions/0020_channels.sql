-- Intake from every side, Open311, and matters of several demands.

-- A machine account may hand in on its channels only; `centre_id` triages what it brings.
create table channel_account (
    user_id uuid not null references app_user,
    channel text not null,
    centre_id uuid not null references org,
    deferred boolean not null default false, -- Open311: answers with a token, the number comes later
    bound_by uuid references app_user,
    bound_at timestamptz not null,
    primary key (user_id, channel)
);

-- Each different content that was handed in for an order: the same one again is no news (JC-17). `original` keeps what
-- the normaliser changed (A-19); never the citizen's name or number.
create table channel_delivery (
    id uuid primary key,
    order_id uuid not null references work_order,
    channel text not null,
    external_id text not null,
    digest bytea not null,
    at timestamptz not null,
    by_user uuid not null references app_user,
    original jsonb not null,
    unique (order_id, digest)
);

create table channel_import (
    id uuid primary key,
    name text not null,                      -- of the file
    sha256 text not null,
    channel text not null,
    centre_id uuid not null references org,
    dry_run boolean not null,
    org_path text not null,                  -- who may read the report
    by_user uuid not null references app_user,
    begun_at timestamptz not null,
    touched_at timestamptz not null,         -- after each batch: an import that stands still was interrupted
    ended_at timestamptz,
    columns jsonb not null,                  -- field → heading
    rows integer not null,
    done integer not null default 0,
    created integer not null default 0,
    repeated integer not null default 0,
    appended integer not null default 0,
    refused integer not null default 0
);
create index channel_import_newest on channel_import (begun_at desc, id desc);

create table channel_import_fault (
    import_id uuid not null references channel_import,
    row_no integer not null,
    no smallint not null,
    column_name text not null,
    cause_zh text not null,
    cause_en text not null,
    remedy_zh text not null,
    remedy_en text not null,
    primary key (import_id, row_no, no)
);

-- One plan, several tasks before anybody complained (SG-19).
create table proactive_plan (
    id uuid primary key,
    title text not null,
    by_user uuid not null references app_user,
    org_path text not null,
    at timestamptz not null
);
create table proactive_task (
    plan_id uuid not null references proactive_plan,
    unit_id uuid not null references org,
    order_id uuid not null references work_order,
    primary key (plan_id, unit_id)
);

-- Cases of 110 ... that became orders (JC-15): their case number, kept on both sides.
create table case_order (
    case_id uuid primary key references link_case,
    order_id uuid not null references work_order,
    link text not null,
    external text not null,
    pressed_by uuid not null references app_user,
    at timestamptz not null
);

-- Open311 GeoReport v2: the categories that are public (B-46).
create table public_service (
    code text primary key,                   -- category_code of orders
    name_zh text not null,
    name_en text not null,
    description text not null default '',
    keywords text[] not null default '{}',
    group_name text not null default '',
    request_type text not null default 'help',
    attributes jsonb not null default '[]',  -- as GeoReport's service definition has them
    active boolean not null default true
);
insert into public_service (code, name_zh, name_en, description, keywords, group_name, attributes) values
    ('street-light', '路灯故障', 'Street light out', '不亮、闪烁、灯杆倾斜', '{路灯,照明}', '市政设施',
     '[{"variable": true, "code": "pole", "datatype": "string", "required": false, "datatype_description": "灯杆编号 / Number on the pole", "order": 1, "description": "灯杆编号 / Number on the pole", "values": []}]'),
    ('road-damage', '道路破损', 'Damaged road', '坑洼、塌陷、井盖缺失', '{道路,坑,井盖}', '市政设施',
     '[{"variable": true, "code": "danger", "datatype": "singlevaluelist", "required": true, "datatype_description": "是否影响通行 / Is traffic endangered", "order": 1, "description": "是否影响通行 / Is traffic endangered", "values": [{"key": "yes", "name": "是 / yes"}, {"key": "no", "name": "否 / no"}]}]'),
    ('refuse', '垃圾清运', 'Refuse not collected', '垃圾堆积、异味、收集点', '{垃圾,环卫}', '市容环卫', '[]'),
    ('night-noise', '夜间施工噪声', 'Building noise at night', '夜间施工、超时施工', '{噪声,施工}', '噪声扰民', '[]'),
    ('water-supply', '供水问题', 'Water supply', '停水、水压不足、水质', '{供水,停水}', '公用事业', '[]'),
    ('illegal-parking', '违法停车', 'Illegal parking', '占用通道、人行道停车', '{停车}', '城市管理', '[]');

create table open311_token (
    token text primary key,
    order_id uuid not null references work_order,
    at timestamptz not null
);

-- Orders that we handed to another city's Open311 server. Written before it is asked: an answer that got lost leaves
-- 'unknown', and nothing is handed over twice.
create table open311_sent (
    id uuid primary key,
    order_id uuid not null references work_order,
    peer text not null,
    state text not null default 'asked',     -- asked, sent, refused, unknown
    remote_id text,
    token text,
    cause text not null default '',
    by_user uuid not null references app_user,
    at timestamptz not null,
    settled_at timestamptz
);
create unique index open311_sent_once on open311_sent (order_id, peer) where state <> 'refused';

-- Matters (events): several demands about one thing (SJ-01). work_order.matter_id names the present one.
create table matter (
    id uuid primary key,
    title text not null,
    place text not null default '',
    category text not null default '',
    plan text not null default '',           -- the one handling plan
    master_id uuid not null references work_order,
    org_path text not null,                  -- of the centre that merged
    created_by uuid not null references app_user,
    created_at timestamptz not null,
    dissolved_at timestamptz
);
create index matter_newest on matter (created_at desc, id desc);
create table matter_member (
    id uuid primary key,
    matter_id uuid not null references matter,
    order_id uuid not null references work_order,
    joined_at timestamptz not null,
    joined_by uuid references app_user,
    score smallint not null,
    reasons jsonb not null,
    left_at timestamptz,
    left_by uuid references app_user,
    left_why text not null default '',
    waits text                               -- why the member could not follow the master's last move
);
create unique index matter_member_now on matter_member (order_id) where left_at is null;
create index matter_member_of on matter_member (matter_id) where left_at is null;

-- The same caller again on the same matter within the window (SJ-15).
create table order_repeat (
    order_id uuid primary key references work_order,
    of_order_id uuid not null references work_order,
    score smallint not null,
    linked boolean not null,                 -- by a person or by a matter, else by likeness
    at timestamptz not null
);
create index order_repeat_of on order_repeat (of_order_id);
