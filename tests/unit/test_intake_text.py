"""One written form (A-19): phrases as the seeds 001 and 003 write them, and what must stay as it is."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from callcenter.channels.text import TERMS, normalised

pytestmark = pytest.mark.rule("A-19")

SEEDS = [
    (
        "實作企業群衆訴求一号通、辦理事項一網查、群衆口碑一鍵評",
        "实现企业群众诉求一号通、办理事项一网查、群众口碑一键评",
    ),
    (
        "充分發揮大資料資訊化手段的優勢，堅持“服務集聚、資料集中、管理內建”原則",
        "充分发挥大数据信息化手段的优势，坚持“服务集聚、数据集中、管理集成”原则",
    ),
    ("在智慧晉城排程指揮中心的一層話務大廳", "在智慧晋城调度指挥中心的一层话务大厅"),
    ("省級考核名額排名位列全省第一方陣", "省级考核指标排名位列全省第一方阵"),
    ("確定實作老百姓急切的訴求", "确保实现老百姓急切的诉求"),
    ("緻電投訴人，将辦理結果回報", "致电投诉人，将办理结果反馈"),
    ("所在街道、社群、物業等相關從業人員", "所在街道、社区、物业等相关工作人员"),
    ("有關部門和主要上司要立足職責定位", "有关部门和主要领导要立足职责定位"),
    ("短闆問題", "短板问题"),
    ("運行態势", "运行态势"),  # the seed mixes both scripts
    ("市民服務(wù)熱線", "市民服务热线"),
    ("高行鎮(zhèn)綠地居委幫助解決高齡老人就餐難問題", "高行镇绿地居委帮助解决高龄老人就餐难问题"),
    ("堅(jiān)持把“夏令熱線”變成全年365天24小時(shí)熱線", "坚持把“夏令热线”变成全年365天24小时热线"),
    ("趙家溝北側(cè)橋下空間改造提升,激活開放", "赵家沟北侧桥下空间改造提升，激活开放"),
]
KEPT = [
    "我的上司在排程",
    "日期未确定，名额已满",
    "10:30 到 11:00",
    "微信（WeChat）和 APP(v2.1)",
    "Street light out, please fix!",
]
WIDTH = [
    ("１２３４５热线（ＡＰＰ）无法登录,请处理!", "12345热线（APP）无法登录，请处理！"),
    ("家里(3号楼)停水", "家里（3号楼）停水"),
    ("路灯坏了...", "路灯坏了……"),
    ("没有水.已经三天.", "没有水。已经三天。"),
    ("「路灯」不亮", "“路灯”不亮"),
    ("门口 有\u200b积水　很深", "门口有积水很深"),
    ("第一行 \r\n\r\n 第二行", "第一行\n第二行"),
    ("（里面(还有)一层）", "（里面（还有）一层）"),
]


@pytest.mark.parametrize(("written", "wanted"), SEEDS + WIDTH)
def test_of_many_hands_one_form(written: str, wanted: str) -> None:
    found = normalised(written)

    assert wanted == found.text
    assert written == found.original
    assert found.changes


@pytest.mark.parametrize("text", KEPT)
def test_the_mainland_s_own_words_stay(text: str) -> None:
    found = normalised(text)

    assert (text, ()) == (found.text, found.changes)


def test_each_of_the_row_s_terms_is_known() -> None:
    for theirs, ours in {
        "排程": "调度",
        "資訊": "信息",
        "名額": "指标",
        "回報": "反馈",
        "實作": "实现",
        "確定": "确保",
        "上司": "领导",
        "社群": "社区",
    }.items():
        assert ours == TERMS[theirs]
        assert f"热线{ours}" == normalised(f"熱線{theirs}").text


@example("（),")
@given(st.text(alphabet=st.sampled_from("水 壓(yā)，,.。!（）「」資訊回報確定APP１２\n\u200bé"), max_size=40))
def test_twice_is_once(text: str) -> None:
    once = normalised(text).text

    assert once == normalised(once).text
