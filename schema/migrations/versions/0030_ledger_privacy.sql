-- Citizens' numbers of the call side are sealed where they stand (people.vault) and compared by their keyed hash.

-- caller_number holds sealed text, and so does dialled of a call that we made: there it is the citizen's, too.
alter table call add column caller_key bytea not null default '';
drop index call_by_caller;
create index call_by_caller on call (caller_key, started_at desc, id desc) where caller_key <> '';

-- Numbers inside the bodies of facts are sealed (calls/sealed.py). Facts of no call are found by their fingerprint when
-- they are to be sealed anew; all others by their call.
create index call_fact_unplaced on call_fact (fingerprint) where call_id is null;

alter table link_case add column caller_key bytea not null default '';
