"""Which wordings warn, and which innocent ones do not."""

import pytest

from homework import wording

WARNS = [
    ("phone", "用手机完成口算练习"),
    ("phone", "请使用 APP 朗读第3课"),
    ("phone", "在钉钉上作答"),
    ("phone", "完成后拍照上传班级群"),
    ("phone", "把朗读录音发到微信群"),
    ("phone", "扫二维码听课文"),
    ("phone", "在线作答第三单元"),
    ("phone", "ＡＰＰ提交口语"),
    ("check_in", "每天跳绳打卡"),
    ("parents_mark", "听写后家长签字"),
    ("parents_mark", "请家长认真批改并打分"),
    ("parents_mark", "做完让妈妈检查"),
    ("parents_mark", "不要忘记家长签字"),
    ("parents_task", "家长协助制作手抄报"),
    ("parents_task", "请家长听写第5课词语"),
    ("parents_task", "全家一起拍视频"),
    ("parents_task", "亲子作业：包饺子"),
    ("copying", "抄写生字十遍"),
    ("copying", "抄写第3课生字，每个5遍"),
    ("copying", "生字写３遍"),
    ("copying", "默写古诗二十次"),
    ("copying", "抄 写 词 语 三 遍"),
    ("punitive", "没背会的罚抄全文"),
    ("punitive", "错一罚十"),
    ("punitive", "听写错一个抄五行"),
    ("self_marking", "对照答案自批自改"),
    ("self_marking", "同桌互相批改"),
]

INNOCENT = [
    "练习册第12页1—4题",
    "给家长讲故事",
    "给家长讲一个今天学的成语故事",
    "电话号码的编码题第3题",
    "用手机号码的排列编一道应用题",
    "写一篇关于手机的作文",
    "阅读《手机与健康》，完成思考题",
    "不要用手机完成作业",
    "本题无需家长签字",
    "不得要求家长检查",
    "采访爸爸妈妈，记录他们小时候的游戏",
    "帮父母做一件家务",
    "画一幅全家福",
    "写一处网红打卡地的导游词",
    "抄写生字",
    "抄写生字两遍",
    "抄写第10次课的词语",
    "抄写词语，读课文五遍",
    "朗读课文3遍",
    "写作文，自己修改三遍",
    "写一封信",
    "罚款的百分数应用题",
    "练习罚球十次",
    "自己订正错题",
    "修改自己的作文",
    "观察钉钉子变化的过程",
    "复习第三百页，背诵十二句",
    "",
]


@pytest.mark.parametrize(("rule", "text"), WARNS)
def test_a_wording_that_a_rule_speaks_against_warns(rule, text):
    assert rule in [found.id for found in wording.check(text)]


@pytest.mark.parametrize("text", INNOCENT)
def test_an_innocent_wording_does_not_warn(text):
    assert wording.check(text) == []


@pytest.mark.parametrize(
    ("times", "warns"), [("1", 0), ("两", 0), ("2", 0), ("3", 1), ("三", 1), ("一百", 1), ("02", 0)]
)
def test_copying_warns_from_three_times_on(times, warns):
    assert len(wording.check(f"抄写生词{times}遍")) == warns


@pytest.mark.parametrize(
    ("text", "number"),
    [("7", 7), ("十", 10), ("十二", 12), ("二十", 20), ("三十五", 35), ("一百", 100), ("一百二十", 120), ("两", 2)],
)
def test_numbers_are_read_as_people_write_them(text, number):
    assert wording.number(text) == number


def test_one_text_may_touch_several_rules_in_the_order_of_the_file():
    found = wording.check("抄写十遍，拍照上传，家长签字")
    assert [rule.id for rule in found] == ["phone", "parents_mark", "copying"]


def test_every_rule_says_where_it_is_written():
    for rule in wording.wording_rules().values():
        assert rule.document
        assert rule.clause
        assert rule.advice
        assert rule.source.startswith("《")
        assert len(rule.id) <= 30
    assert "教基厅函〔2021〕3号" in wording.wording_rules()["phone"].source
