-- name: org_by_id(id)^
select * from org where id = :id;

-- name: org_by_code(code)^
select * from org where code = :code;

-- name: orgs_under(path, after, limit)
-- The subtree of a path, itself included, parents before children.
select * from org where starts_with(path, :path) and path > :after order by path limit :limit;

-- name: insert_org(id, parent_id, code, path, level, kind, name, phone)!
insert into org (id, parent_id, code, path, level, kind, name, phone)
values (:id, :parent_id, :code, :path, :level, :kind, :name, :phone);

-- name: insert_user(id, username, name, org_id, roles, password_hash, extension, created_at)!
insert into app_user (id, username, name, org_id, roles, password_hash, extension, created_at)
values (:id, :username, :name, :org_id, :roles, :password_hash, :extension, :created_at);

-- name: user_by_id(id)^
select u.*, o.path as org_path from app_user u join org o on o.id = u.org_id where u.id = :id;

-- name: user_by_name(username)^
select u.*, o.path as org_path from app_user u join org o on o.id = u.org_id where u.username = :username;

-- name: user_by_extension(extension)^
select u.*, o.path as org_path
from app_user u join org o on o.id = u.org_id
where u.extension = :extension and u.disabled_at is null;

-- name: users_under(path, after, limit)
select u.*, o.path as org_path
from app_user u join org o on o.id = u.org_id
where starts_with(o.path, :path) and u.username > :after
order by u.username
limit :limit;

-- name: set_password(password_hash, id)!
update app_user set password_hash = :password_hash where id = :id;

-- name: disable_user(at, id)!
update app_user set disabled_at = coalesce(disabled_at, :at) where id = :id;

-- name: lock_name(name_hash)!
-- One attempt of a name is counted at a time, so that parallel guesses cannot all pass the check.
select pg_advisory_xact_lock(hashtextextended(encode(:name_hash::bytea, 'hex'), 12345));

-- name: failures_of(name_hash, since)^
select count(*) as failures, max(at) as last_at from login_failure where name_hash = :name_hash and at > :since;

-- name: insert_failure(name_hash, at)!
insert into login_failure (name_hash, at) values (:name_hash, :at);

-- name: forget_failures(name_hash)!
delete from login_failure where name_hash = :name_hash;

-- name: drop_old_failures(before)!
delete from login_failure where at < :before;

-- name: insert_session(token_hash, user_id, csrf, at, expires_at)!
insert into user_session (token_hash, user_id, csrf, created_at, seen_at, expires_at)
values (:token_hash, :user_id, :csrf, :at, :at, :expires_at);

-- name: session_by_hash(token_hash)^
select s.csrf, s.seen_at, s.expires_at, u.*, o.path as org_path
from user_session s
join app_user u on u.id = s.user_id
join org o on o.id = u.org_id
where s.token_hash = :token_hash and u.disabled_at is null;

-- name: touch_session(at, token_hash)!
update user_session set seen_at = :at where token_hash = :token_hash and seen_at < :at;

-- name: delete_session(token_hash)!
delete from user_session where token_hash = :token_hash;

-- name: delete_sessions_of(user_id, kept)!
-- All of a user's sessions but the one kept (an empty hash keeps none).
delete from user_session where user_id = :user_id and token_hash <> :kept;

-- name: drop_old_sessions(before)!
delete from user_session where expires_at < :before;

-- name: insert_token(id, user_id, name, token_hash, created_at, expires_at)!
insert into api_token (id, user_id, name, token_hash, created_at, expires_at)
values (:id, :user_id, :name, :token_hash, :created_at, :expires_at);

-- name: user_by_token(token_hash, at)^
select u.*, o.path as org_path
from api_token t
join app_user u on u.id = t.user_id
join org o on o.id = u.org_id
where t.token_hash = :token_hash and t.revoked_at is null and t.expires_at > :at and u.disabled_at is null;

-- name: token_by_id(id)^
select t.id, t.user_id, t.name, t.created_at, t.expires_at, t.revoked_at, o.path as org_path
from api_token t
join app_user u on u.id = t.user_id
join org o on o.id = u.org_id
where t.id = :id;

-- name: tokens_under(path, before_at, before_id, limit)
select t.id, t.user_id, t.name, t.created_at, t.expires_at, t.revoked_at
from api_token t
join app_user u on u.id = t.user_id
join org o on o.id = u.org_id
where starts_with(o.path, :path) and (t.created_at, t.id) < (:before_at, :before_id)
order by t.created_at desc, t.id desc
limit :limit;

-- name: revoke_token(at, id)!
update api_token set revoked_at = coalesce(revoked_at, :at) where id = :id;

-- name: insert_audit(id, at, actor_id, action, subject_type, subject_id, detail)!
insert into audit_log (id, at, actor_id, action, subject_type, subject_id, detail)
values (:id, :at, :actor_id, :action, :subject_type, :subject_id, :detail);

-- name: audit_of(subject_type, subject_id, path, before_at, before_id, limit)
-- Only acts of people in the reader's own subtree, and acts of the machine.
select a.id::text as id, a.at, a.actor_id, u.name as actor_name, a.action, a.subject_type, a.subject_id
from audit_log a
left join app_user u on u.id = a.actor_id
left join org o on o.id = u.org_id
where a.subject_type = :subject_type and a.subject_id = :subject_id
  and (o.path is null or starts_with(o.path, :path))
  and (a.at, a.id) < (:before_at, :before_id)
order by a.at desc, a.id desc
limit :limit;
