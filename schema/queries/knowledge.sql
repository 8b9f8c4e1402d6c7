-- name: insert_article(id, title, keywords, body, kind, source_no, effective_on, expires_on, area, owner_org_id, review_months, searched, updated_by, updated_at)!
insert into knowledge_article
    (id, title, keywords, body, kind, source_no, effective_on, expires_on, area, owner_org_id, review_months, searched,
     updated_by, updated_at)
values (:id, :title, :keywords, :body, :kind, :source_no, :effective_on, :expires_on, :area, :owner_org_id,
        :review_months, :searched, :updated_by, :updated_at);

-- name: revise_article(id, version, title, keywords, body, kind, source_no, effective_on, expires_on, area, owner_org_id, review_months, searched, updated_by, updated_at)$
-- Gives the new version, or nothing when another revision came first or the article is retired.
update knowledge_article
set title = :title, keywords = :keywords, body = :body, kind = :kind, source_no = :source_no,
    effective_on = :effective_on, expires_on = :expires_on, area = :area, owner_org_id = :owner_org_id,
    review_months = :review_months, searched = :searched,
    updated_by = :updated_by, updated_at = :updated_at, version = version + 1
where id = :id and version = :version and retired_at is null
returning version;

-- name: retire_article(id, at)$
update knowledge_article set retired_at = coalesce(retired_at, :at) where id = :id returning id;

-- name: article_by_id(id)^
select id, title, keywords, body, kind, source_no, effective_on, expires_on, area, owner_org_id, review_months, used,
       version, updated_at
from knowledge_article where id = :id and retired_at is null;

-- name: search_articles(words, kind, before_titled, before_at, before_id, limit)
-- Articles that hold every word; those with all of them in the title first. No words: the newest.
select id, title, keywords, left(body, 120) as excerpt, kind, used, expires_on, version, updated_at,
       titled
from knowledge_article,
     lateral (select not exists (
         select 1 from unnest(:words::text[]) as word where position(word in lower(title)) = 0
     ) as titled) as t
where retired_at is null and (:kind::text is null or kind = :kind)
  and not exists (select 1 from unnest(:words::text[]) as word where position(word in searched) = 0)
  and (titled, updated_at, id) < (:before_titled, :before_at, :before_id)
order by titled desc, updated_at desc, id desc
limit :limit;

-- name: count_use(id)!
update knowledge_article set used = used + 1 where id = :id;

-- name: template_bodies()
select body from knowledge_article where kind = 'reply_template' and retired_at is null order by updated_at desc limit 500;
