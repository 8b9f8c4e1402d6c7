-- Attachments of orders: the rows; the files lie outside the database under their sha256.

-- name: lock_file(order_id, sha256)!
-- Held to the end of the transaction: one upload of an order at a time, and the sweep stays away from this content.
select pg_advisory_xact_lock(hashtextextended(:order_id::uuid::text, 12)),
       pg_advisory_xact_lock(hashtextextended(:sha256, 13));

-- name: same_file(order_id, sha256)^
select f.*, coalesce(u.name, '') as uploader
from order_file f left join app_user u on u.id = f.uploaded_by
where f.order_id = :order_id and f.sha256 = :sha256;

-- name: bytes_of_order(order_id)$
select coalesce(sum(bytes), 0)::bigint from order_file where order_id = :order_id;

-- name: insert_file(id, order_id, kind, name, media_type, bytes, sha256, uploaded_by, at, scan)^
with kept as (
    insert into order_file (id, order_id, kind, name, media_type, bytes, sha256, uploaded_by, at, scan)
    values (:id, :order_id, :kind, :name, :media_type, :bytes, :sha256, :uploaded_by, :at, :scan)
    returning *
)
select kept.*, coalesce(u.name, '') as uploader from kept left join app_user u on u.id = kept.uploaded_by;

-- name: files_of(order_id)
select f.*, coalesce(u.name, '') as uploader
from order_file f left join app_user u on u.id = f.uploaded_by
where f.order_id = :order_id order by f.at, f.id;

-- name: file_by_id(id)^
select f.*, coalesce(u.name, '') as uploader
from order_file f left join app_user u on u.id = f.uploaded_by
where f.id = :id;

-- name: named_of(order_id, ids)$
select count(*) from order_file where order_id = :order_id and id = any(:ids::uuid[]);

-- name: known_files(sha256s)
select sha256 from order_file where sha256 = any(:sha256s::text[])
union
select sha256 from record_picture where sha256 = any(:sha256s::text[]);

-- name: lock_content(sha256)!
select pg_advisory_xact_lock(hashtextextended(:sha256, 13));

-- name: files_page(after, limit)
(select sha256, bytes from order_file where sha256 > :after order by sha256 limit :limit)
union
(select sha256, bytes from record_picture where sha256 > :after order by sha256 limit :limit)
order by sha256 limit :limit;

-- name: publish_file(id, at, by_user)!
update order_file set published_at = :at, published_by = :by_user where id = :id;

-- name: waiting_files(after, limit)
-- What was kept while the virus scanner was away.
select distinct sha256 from order_file where scan = 'waiting' and sha256 > :after order by sha256 limit :limit;

-- name: note_scan(sha256, scan)!
update order_file set scan = :scan where sha256 = :sha256 and scan = 'waiting';

-- name: pictures_of(subject, subject_id)
select p.*, u.name as uploader from record_picture p join app_user u on u.id = p.uploaded_by
where p.subject = :subject and p.subject_id = :subject_id order by p.at, p.id;

-- name: insert_picture(id, subject, subject_id, name, media_type, bytes, sha256, uploaded_by, at)^
with kept as (
    insert into record_picture (id, subject, subject_id, name, media_type, bytes, sha256, uploaded_by, at)
    values (:id, :subject, :subject_id, :name, :media_type, :bytes, :sha256, :uploaded_by, :at)
    returning *
)
select kept.*, u.name as uploader from kept join app_user u on u.id = kept.uploaded_by;
