-- Whom a 举报 is about (SG-22), when it is an org of the house: that org and all below it neither see nor hold the order.
-- `barred_path` is '' where nobody is kept out.
alter table work_order
    add column reported_org_id uuid references org,
    add column barred_path text not null default '';

-- How an order counts, for every figure alike. What citizens bring and what they answer counts by the order: each demand,
-- call-back, satisfaction and solution is one citizen's. Work counts once a matter (SJ-01, GH-09): a merged demand is not
-- dispatched, handled and finished a second time, so only the master of a matter, and every order in none, is counted.
-- `stands_for`: the orders that are counted with it, itself too; 0 where it is counted with its master.
create view counted_order as
select w.id, w.matter_id, w.owner_org_id, w.owner_org_path, w.intake_org_path, w.origin, w.created_at,
       w.matter_id is null or w.master as once,
       case when w.matter_id is null then 1
            when w.master then (select count(*)::int from work_order m where m.matter_id = w.matter_id)
            else 0 end as stands_for
from work_order w;
