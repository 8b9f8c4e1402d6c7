-- Citizens' numbers of the call side are sealed where they stand (people.vault) and compared by their keyed hash. Those
-- in the bodies of facts are sealed inside them (calls/sealed.py), and a card as a whole, but for its queue.

-- caller_number holds sealed text, and so does dialled of a call that we made: there it is the citizen's, too.
alter table call add column caller_key bytea not null default '';
drop index call_by_caller;
create index call_by_caller on call (caller_key, started_at desc, id desc) where caller_key <> '';

alter table link_case add column caller_key bytea not null default '';
