-- Citizens' numbers of the call side are sealed where they stand (people.vault) and compared by their keyed hash. Those
-- in the bodies of facts are sealed inside them (calls/sealed.py), and a card as a whole, but for its queue.

-- caller_number holds sealed text, and so does dialled of a call that we made: there it is the citizen's, too.
alter table call add column caller_key bytea not null default '';
drop index call_by_caller;
create index call_by_caller on call (caller_key, started_at desc, id desc) where caller_key <> '';

alter table link_case add column caller_key bytea not null default '';

-- What the sealing of older facts needs (people/sealing.py): a fact's place in the order of its table, as one uuid of its
-- time (microseconds) and half its fingerprint; and the texts inside a body that are sealed, always in this order.
create function fact_place(at timestamptz, fingerprint uuid) returns uuid immutable language sql as $$
    select (lpad(to_hex((extract(epoch from at) * 1000000)::bigint), 16, '0')
            || left(replace(fingerprint::text, '-', ''), 16))::uuid
$$;
create function fact_at(place uuid) returns timestamptz immutable language sql as $$
    select timestamptz '1970-01-01 00:00:00+00' + interval '1 microsecond'
        * ('x' || left(replace(place::text, '-', ''), 16))::bit(64)::bigint
$$;
create function fact_texts(body jsonb) returns text[] immutable language sql as $$
    select array[coalesce(body->>'caller_number', ''), coalesce(body->>'dialled', ''), coalesce(body->>'number', '')]
        || coalesce((select array_agg(a.pair->>1 order by a.place)
                     from jsonb_array_elements(body->'answers') with ordinality as a (pair, place)), '{}')
$$;
create function fact_with_texts(body jsonb, texts text[]) returns jsonb immutable language sql as $$
    select body
        || case when body ? 'caller_number' then jsonb_build_object('caller_number', texts[1]) else '{}' end
        || case when body ? 'dialled' then jsonb_build_object('dialled', texts[2]) else '{}' end
        || case when body ? 'number' then jsonb_build_object('number', texts[3]) else '{}' end
        || case when body ? 'answers' then jsonb_build_object('answers', coalesce(
               (select jsonb_agg(jsonb_build_array(a.pair->>0, texts[3 + a.place]) order by a.place)
                from jsonb_array_elements(body->'answers') with ordinality as a (pair, place)), '[]')) else '{}' end
$$;
