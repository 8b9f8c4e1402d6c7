-- Attachments of orders. The content lies outside the database, under its sha256.
create table order_file (
    id uuid primary key,
    order_id uuid not null references work_order,
    kind text not null,                      -- citizen, evidence, plan, record, form
    name text not null,                      -- safe to tell a browser
    media_type text not null,                -- by the content, never by the name
    bytes bigint not null,
    sha256 text not null,
    uploaded_by uuid references app_user,    -- null: a channel's machine
    at timestamptz not null,
    unique (order_id, sha256)
);
create index order_file_content on order_file (sha256);

-- Lists (orders.drivers): every list is a walk along one of these, newest first, of those who may see the rows. An org's
-- rows are found by its code at its place in the path: '/city/district/street/' has the district third, the street fourth.
drop index work_order_holder_path;
create index work_order_district on work_order (split_part(owner_org_path, '/', 3), created_at desc, id desc);
create index work_order_street on work_order (split_part(owner_org_path, '/', 4), created_at desc, id desc);
-- Taken here and held elsewhere: few, and exact.
create index work_order_taken_district on work_order (split_part(intake_org_path, '/', 3), created_at desc, id desc)
    where split_part(intake_org_path, '/', 3) <> split_part(owner_org_path, '/', 3);
create index work_order_taken_street on work_order (split_part(intake_org_path, '/', 4), created_at desc, id desc)
    where split_part(intake_org_path, '/', 4) <> split_part(owner_org_path, '/', 4);
create index work_order_taken_unit on work_order (split_part(intake_org_path, '/', 5), created_at desc, id desc)
    where split_part(intake_org_path, '/', 5) <> split_part(owner_org_path, '/', 5);
create index work_order_open on work_order (created_at desc, id desc) where closed_at is null;
create index work_order_open_district on work_order (split_part(owner_org_path, '/', 3), created_at desc, id desc)
    where closed_at is null;
create index work_order_open_street on work_order (split_part(owner_org_path, '/', 4), created_at desc, id desc)
    where closed_at is null;
create index work_order_open_holder on work_order (owner_org_id, created_at desc, id desc) where closed_at is null;
create index work_order_open_creator on work_order (created_by, created_at desc, id desc) where closed_at is null;
create index work_order_open_owner on work_order (case_owner, created_at desc, id desc)
    where closed_at is null and case_owner is not null;
create index work_order_supervised on work_order (created_at desc, id desc) where supervisions > 0;
create index work_order_key_listed on work_order (created_at desc, id desc) where key_listed;
create index order_timer_running on order_timer (due_at, order_id) where stopped_at is null;

-- Filters that people keep; shared ones are for everybody of the org.
create table saved_filter (
    id uuid primary key,
    user_id uuid not null references app_user,
    org_id uuid not null references org,
    shared boolean not null,
    name text not null,
    filter jsonb not null,
    saved_at timestamptz not null,
    unique (user_id, name)
);
create index saved_filter_shared on saved_filter (org_id) where shared;

-- Full-text search in Chinese (docs/search.md). A token is a number: of two neighbouring characters their code points, of
-- a word in Latin letters or digits its hash. Long runs of digits are no words: citizens' numbers are never found so.
create function order_word(word text) returns integer language sql immutable strict parallel safe
return ('x' || left(md5(word), 8))::bit(32)::integer;

create function order_told(told text) returns text language sql immutable strict parallel safe
return lower(normalize(told, nfkc));

-- Not strict: only so is it inlined, and called a hundred times for each order.
create function is_han(code integer) returns boolean language sql immutable parallel safe
return code between 12352 and 40959 or code between 44032 and 55203 or code between 63744 and 64255 or code >= 131072;

create function order_tokens(told text) returns integer[] language sql immutable strict parallel safe as $$
    with letters as (
        select ascii(c) as this, lead(ascii(c)) over (order by n) as next
        from string_to_table(order_told(told), null) with ordinality as s (c, n)
    )
    select coalesce(array_agg(distinct token), '{}') from (
        select (this << 16) # next as token
        from letters where is_han(this) and is_han(next)
        union all
        select order_word(m[1]) from regexp_matches(order_told(told), '[a-z0-9]+', 'g') m where m[1] !~ '^[0-9]{7,}$'
    ) found
$$;

create function order_week(at timestamptz) returns integer language sql immutable strict parallel safe
return floor(extract(epoch from at) / 604800)::integer;

create function order_weeks(first integer, last integer) returns integer[] language sql immutable strict parallel safe
return array(select order_word('w:' || n) from generate_series(first, last) n);

-- Who may see an order, and when it was taken, as tokens: every org above it but the topmost, its creator, its week.
create function order_scope(owner_path text, intake_path text, creator uuid, at timestamptz) returns integer[]
language sql immutable strict parallel safe as $$
    select array_agg(distinct order_word(word)) from (
        select 'o:' || name as word from string_to_table(owner_path, '/') with ordinality as s (name, n)
        where n > 2 and name <> ''
        union all
        select 'o:' || name from string_to_table(intake_path, '/') with ordinality as s (name, n)
        where n > 2 and name <> ''
        union all values ('u:' || creator::text), ('w:' || order_week(at))
    ) found
$$;

create table order_text (
    order_id uuid primary key references work_order,
    created_at timestamptz not null,
    tokens integer[] not null                -- of words and of scope: one index intersects both
);
create index order_text_tokens on order_text using gin (tokens);

-- What is searched of an order: never the caller's name or number.
create function searched_of(o work_order) returns text language sql immutable
return concat_ws(chr(10), o.number, o.title, o.content, o.address, o.reply);

create function keep_order_text() returns trigger language plpgsql as $$
begin
    insert into order_text (order_id, created_at, tokens)
    values (new.id, new.created_at, order_tokens(searched_of(new))
            || order_scope(new.owner_org_path, new.intake_org_path, new.created_by, new.created_at))
    on conflict (order_id) do update set created_at = excluded.created_at, tokens = excluded.tokens;
    return null;
end $$;
create trigger work_order_searched after insert on work_order for each row execute function keep_order_text();
create trigger work_order_found_again
    after update of title, content, address, reply, owner_org_path, intake_org_path, created_at on work_order for each row
    when ((old.title, old.content, old.address, old.reply, old.owner_org_path, old.intake_org_path, old.created_at)
          is distinct from
          (new.title, new.content, new.address, new.reply, new.owner_org_path, new.intake_org_path, new.created_at))
    execute function keep_order_text();

-- Orders that were there before.
insert into order_text (order_id, created_at, tokens)
select o.id, o.created_at, order_tokens(searched_of(o))
       || order_scope(o.owner_org_path, o.intake_org_path, o.created_by, o.created_at)
from work_order o;
