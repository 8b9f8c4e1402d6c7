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
