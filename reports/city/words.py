"""Fictional names and the sort of homework that teachers really set."""

CITY = ("419900", "安澜市")
COUNTIES = (
    ("419901", "临江区"),
    ("419902", "清河县"),
    ("419903", "云岭县"),
    ("419904", "高新区"),
    ("419905", "东湖县"),
    ("419906", "南屏县"),
    ("419907", "北塬县"),
    ("419908", "石桥县"),
)
SCHOOL_WORDS = (
    "实验",
    "第一",
    "第二",
    "第三",
    "育才",
    "希望",
    "文昌",
    "新华",
    "和平",
    "朝阳",
    "光明",
    "青松",
    "红星",
    "向阳",
    "滨河",
    "明德",
)
STAGE_WORDS = {"primary": "小学", "junior": "初级中学", "nine_year": "九年一贯制学校"}
SURNAMES = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕"
GIVEN = "芳敏静丽强磊军洋勇艳杰娟涛明超霞平刚桂英华慧巧美娜玉萍红娥玲芬燕彩春菊兰凤洁梅琳素云莲真环雪荣爱妹香月莺媛"

# Subject code: contents that are written, then contents that are not, each with its kind. {n} is a page or lesson.
CONTENTS: dict[str, tuple[tuple[str, ...], tuple[tuple[str, str], ...]]] = {
    "chinese": (
        (
            "抄写第{n}课生字词并组词",
            "完成语文练习册第{n}页",
            "写一篇观察日记（不少于{m}字）",
            "完成第{n}课课后第2、3题",
        ),
        (("朗读并背诵第{n}课第2自然段", "oral"), ("课外阅读20分钟，和家人说说读到的内容", "reading")),
    ),
    "maths": (
        ("完成数学练习册第{n}页", "计算题10道（课本第{n}页）", "整理本单元错题3道", "应用题4道（课本第{n}页第5题起）"),
        (("用身边的物品量一量、说一说长度", "practice"), ("口算练习10分钟", "oral")),
    ),
    "english": (
        ("完成英语活动手册第{n}页", "默写第{n}单元单词", "仿写5个句子"),
        (("听读第{n}单元课文两遍", "oral"),),
    ),
    "physics": (("完成物理基础训练第{n}页", "整理实验报告"), (("观察家中一个简单机械", "practice"),)),
    "chemistry": (("完成化学同步练习第{n}页", "写出本节化学方程式"), (("找一找家里的酸碱物质", "practice"),)),
    "ethics": (("完成道法练习第{n}页",), (("关注一条时事并准备交流", "reading"),)),
    "history": (("整理第{n}课时间轴", "完成历史填充图第{n}页"), (("讲一个历史人物的故事", "oral"),)),
    "geography": (("完成地理填充图册第{n}页",), (("看一看本地地图，找出主要河流", "practice"),)),
    "biology": (("完成生物练习第{n}页",), (("观察一种植物并记录", "practice"),)),
}
EXTRAS = (("跳绳或慢跑20分钟", "sport"), ("帮家人做一件家务", "labour"), ("欣赏一首民歌", "art"))
REASONS = ("期中复习，集中练习一次", "上周放假，补足单元练习", "单元检测前的整理", "两科同时布置，未能协调好")
NOTES = ("情况属实，今后提前协调", "同意，下不为例")

# Clubs of after-school service with their kind, and what teachers write of an afternoon.
CLUBS = (
    ("乒乓球", "sport"),
    ("书法", "arts"),
    ("剪纸", "arts"),
    ("绘本阅读", "reading"),
    ("舞蹈", "arts"),
    ("科学小实验", "science"),
    ("棋艺", "club"),
    ("手工种植", "labour"),
    ("合唱", "arts"),
    ("足球", "sport"),
)
SERVICE_CONTENTS = (
    "学生自主完成作业，个别答疑。",
    "按计划开展活动，秩序良好。",
    "复习上次内容，分组练习。",
    "完成作业后自由阅读。",
)
