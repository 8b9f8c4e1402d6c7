-- Who recorded a delegation of the head's signature, and whether it was ended before its time (XY-19).
alter table head_delegation
    add column recorded_by uuid references app_user,
    add column ended_at timestamptz,
    add column ended_by uuid references app_user;
update head_delegation set recorded_by = head_user;
alter table head_delegation alter column recorded_by set not null;

-- SG-27: for whom more orders wait than the city's threshold; one row from the alarm to its end.
create table org_backlog (
    org_id uuid primary key references org,
    since timestamptz not null,
    waiting integer not null
);
