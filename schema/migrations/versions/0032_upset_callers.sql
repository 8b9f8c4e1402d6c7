-- Callers in great anger of whom their supervisor is still to hear (SG-28). Filled with the order, emptied with the notice.
create table upset_caller (
    order_id uuid primary key references work_order
);
create function caller_upset() returns trigger language plpgsql as $$
begin
    insert into upset_caller (order_id) values (new.id) on conflict do nothing;
    return null;
end $$;
create trigger work_order_taken_upset after insert on work_order for each row
    when (new.emotion = 'fierce') execute function caller_upset();
create trigger work_order_grew_upset after update of emotion on work_order for each row
    when (new.emotion = 'fierce' and old.emotion is distinct from new.emotion) execute function caller_upset();
