-- A city's orders by the million (bench.order_load). Braces are filled in with whole numbers of the program's own.

-- part: town
insert into org (id, parent_id, code, path, level, kind, name)
values (uuidv7(), null, 'bench', '/bench/', 1, 'centre', '市中心');
insert into org (id, parent_id, code, path, level, kind, name)
select uuidv7(), p.id, 'd' || n, p.path || 'd' || n || '/', 2, 'centre', '第' || n || '区中心'
from org p, generate_series(1, {districts}) n where p.code = 'bench';
insert into org (id, parent_id, code, path, level, kind, name)
select uuidv7(), p.id, p.code || 's' || n, p.path || p.code || 's' || n || '/', 3, 'centre', p.name || '第' || n || '街道'
from org p, generate_series(1, {streets}) n where p.level = 2 and starts_with(p.path, '/bench/');
insert into org (id, parent_id, code, path, level, kind, name)
select uuidv7(), p.id, p.code || 'u' || n, p.path || p.code || 'u' || n || '/', 4, 'unit', p.name || '单位' || n
from org p, generate_series(1, {units}) n where p.level = 3 and starts_with(p.path, '/bench/');
insert into app_user (id, username, name, org_id, roles, password_hash, created_at)
select uuidv7(), 'bench-agent' || n, '话务员' || n, o.id, '{{agent}}', '', now()
from org o, generate_series(1, {agents}) n where o.code = 'bench';
insert into app_user (id, username, name, org_id, roles, password_hash, created_at)
select uuidv7(), 'bench-' || o.code, o.name, o.id, case o.kind when 'unit' then '{{unit_operator}}'::text[]
       else '{{dispatcher,reviewer}}' end, '', now()
from org o where starts_with(o.path, '/bench/');
create unlogged table bench_unit as
select row_number() over (order by random()) - 1 as n, u.id, u.path, s.id as street, s.path as street_path, d.path as taken
from org u join org s on s.id = u.parent_id join org d on d.id = s.parent_id where u.level = 4;
create index on bench_unit (n);
create unlogged table bench_agent as
select row_number() over () - 1 as n, id from app_user where username like 'bench-agent%';
analyze bench_unit, bench_agent;

-- part: words
create unlogged table bench_words as select
    array['噪音扰民','路面破损','垃圾堆放','水压不足','停电','占道经营','违法搭建','电梯故障','路灯不亮','燃气泄漏','公交改线',
          '社保补缴','医保报销','入学咨询','拖欠工资','物业收费','污水外溢','树木倒伏','井盖缺失','油烟污染','群租','消防通道被占',
          '犬只伤人','暖气不热','网络诈骗','停车纠纷','施工扬尘','快递丢失','预付卡退费','宅基地审批'] as matter,
    array['反映此处','来电称','诉求人表示','市民多次反映','居民联名反映','该处长期存在'] as opening,
    array['夜间十点以后仍在施工，影响休息','已持续半个多月，无人处理','此前曾反映过，承办单位答复后又反复','希望尽快安排人员到场核实',
          '老人和儿童出行有危险','已与物业沟通未果，要求主管部门介入','要求说明处理依据和完成时间','雨天积水严重，车辆无法通行',
          '商户将杂物堆在人行道上','要求退还多收的费用','楼上住户长期漏水，协调不成','希望增加班次，方便上下班'] as course,
    array['望核实处理。','请相关部门尽快解决。','要求书面答复。','不要求回复，仅作记录。','请回电告知结果。'] as ending,
    array['经现场核实，情况属实，已责令整改','已安排人员清理完毕','已与诉求人联系并作出解释','已列入本月维修计划',
          '该问题涉及多部门，正在协调','已约谈责任单位，限期三日整改'] as outcome,
    array['云','桐','柳','松','江','湖','华','康','安','和','新','东','南','西','北','锦','翠','嘉','瑞','清'] as first,
    array['堰','影','溪','泉','苑','庭','景','园','城','湾','悦','府','邸','居','里','坊','墅','阁','台','岸'] as second,
    array['phone','phone','phone','phone','phone','web','app','wechat','mailbox','upper_level'] as channel,
    array['complaint','complaint','help','help','inquiry','report','suggestion','praise'] as request,
    array['ordinary','ordinary','ordinary','ordinary','ordinary','ordinary','snapshot','urgent','semi_urgent','city_review'] as kind,
    array['pending_dispatch','dispatched','dispatched','accepted','accepted','handling','handling','handling','handling',
          'submitted','submitted','callback','callback','warned','rehandling','return_requested','ledger'] as stage

-- part: orders
insert into work_order
    (id, number, stage, kind, request_type, urgency, channel, title, content, category, category_code, address, place,
     created_by, owner_org_id, owner_org_path, intake_org_path, centre_org_id, reply, flagged, supervisions, key_listed,
     tags, resolved, satisfied, created_at, dispatched_at, accepted_at, submitted_at, closed_at)
select uuidv7(r.at - now()), to_char(r.at, 'YYYYMMDD') || '-' || lpad(r.n::text, 9, '0'), case when r.open then r.stage else 'closed' end,
       w.kind[1 + r.a % 10], w.request[1 + r.b % 8], 'normal', w.channel[1 + r.c % 10],
       r.estate || w.matter[1 + r.m],
       w.opening[1 + r.a % 6] || r.estate || (r.b % 60 + 1) || '号楼' || w.matter[1 + r.m] || '，' || w.course[1 + r.c % 12] || '，'
           || w.course[1 + (r.c / 12) % 12] || '。' || w.ending[1 + r.a % 5],
       w.matter[1 + r.m], lpad((r.m / 5 + 1)::text, 2, '0') || lpad((r.m % 5 + 1)::text, 2, '0'),
       r.estate || '路' || (r.c % 900 + 1) || '号', r.estate, g.id,
       case when r.held then u.id else u.street end, case when r.held then u.path else u.street_path end,
       case when r.b % 7 = 0 then u.taken else '/bench/' end, u.street,
       case when not r.open then w.outcome[1 + r.b % 6] || '，' || r.estate || '。' end,
       r.b % 12 = 0, (r.open and r.c % 90 = 0)::int, r.c % 400 = 0,
       case when r.a % 20 = 0 then array['回头看'] else '{{}}' end, case when not r.open then r.b % 12 > 0 end,
       case when not r.open then r.c % 15 > 0 end, r.at, r.at + interval '1 hour', r.at + interval '3 hours',
       case when not r.open then r.at + interval '4 days' end, case when not r.open then r.at + interval '6 days' end
from (
    select *, open is false or stage <> 'pending_dispatch' as held from (
        select n, w.first[1 + a % 20] || w.second[1 + b % 20] || w.first[1 + (a / 20) % 20] || w.second[1 + (b / 20) % 20]
               as estate, floor(power(random(), 2) * 30)::int as m, a, b, c,
               now() - (({most} - n + 1)::float8 / {most}) * interval '730 days' as at,
               w.stage[1 + (c / 7) % 17] as stage,
               random() < 0.85 * exp(-(({most} - n)::float8 / {most}) * 73) as open
        from bench_words w, lateral (
            select n, (random() * 1e6)::int as a, (random() * 1e6)::int as b, (random() * 1e6)::int as c
            from generate_series({first}, {last}) n) x
    ) y
) r
cross join bench_words w
join bench_unit u on u.n = floor(power((r.a + r.b % 1000)::float8 / 1001000, 1.5) * {units})::int
join bench_agent g on g.n = r.c % {agents};

-- part: timers
insert into order_timer
    (order_id, name, round_no, owner_org_id, ruleset, ruleset_version, calendar, start_event, started_at, due_at, stopped_at,
     breached_at)
select id, t.name, 1, owner_org_id, 'bench', 1, 'bench', 'dispatched', created_at,
       created_at + t.days * interval '1 day', case when closed_at is not null then created_at + interval '5 days' end,
       case when closed_at is null and created_at + t.days * interval '1 day' < now()
            then created_at + t.days * interval '1 day' end
from work_order, (values ('handle', 5.0), ('contact', 0.5)) t (name, days)
where t.name = 'handle' or closed_at is null

-- part: texts
insert into order_text (order_id, created_at, tokens)
select o.id, o.created_at, order_tokens(searched_of(o))
       || order_scope(o.owner_org_path, o.intake_org_path, o.created_by, o.created_at)
from work_order o
