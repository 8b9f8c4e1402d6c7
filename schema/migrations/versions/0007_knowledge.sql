-- Knowledge articles: what an agent reads while the caller is on the line.
create table knowledge_article (
    id uuid primary key,
    title text not null,
    keywords text[] not null,
    body text not null,
    searched text not null,                  -- title, keywords and body in lower case, as search reads them
    version integer not null default 1,
    updated_by uuid references app_user,     -- null: loaded by the operator
    updated_at timestamptz not null,
    retired_at timestamptz
);
create unique index knowledge_article_title on knowledge_article (title) where retired_at is null;
create index knowledge_article_recent on knowledge_article (updated_at desc, id desc) where retired_at is null;
