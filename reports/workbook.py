"""A snapshot as an Excel workbook: the same tables as on paper, and every school with every count."""

from paper.workbook import Column, Kind, Sheet, Value, write_workbook
from reports import oversight_tables, service_tables, tables, training_tables
from reports.snapshot import Snapshot


def workbook(title: str, snapshot: Snapshot) -> bytes:
    sheets = [_about(title, snapshot), _key_figures(snapshot)]
    if snapshot.is_city:
        sheets.append(_areas("分县", tables.by_area(snapshot.areas, snapshot.counts)))
        beside = tables.beside(snapshot)
        sheets += [_areas("分县（制度等）", beside)] if beside else []
        service = service_tables.table(snapshot)
        sheets += [_areas("分县（课后服务）", service)] if service else []
        trained = training_tables.table(snapshot)
        sheets += [_areas("分县（校外培训）", trained)] if trained else []
        overseen = oversight_tables.table(snapshot)
        sheets += [_areas("分县（督导举报）", overseen)] if overseen else []
    sheets += [_schools(snapshot), _grades(snapshot), _days(snapshot), _definitions(snapshot)]
    if snapshot.corrections:
        sheets.append(_corrections(snapshot))
    return write_workbook(sheets)


def _about(title: str, snapshot: Snapshot) -> Sheet:
    rows: list[tuple[Value, ...]] = [
        ("标题", title),
        ("期次", snapshot.reported.name),
        ("数据截至", f"{snapshot.data_until_at:%Y-%m-%d %H:%M}"),
        ("状态", "草稿" if snapshot.is_draft else f"第{snapshot.version}版"),
        *((f"说明{number}", note) for number, note in enumerate(snapshot.notes, start=1)),
    ]
    return Sheet("说明", [Column("item", "项目"), Column("text", "内容", width=100)], rows)


def _key_figures(snapshot: Snapshot) -> Sheet:
    columns = [
        Column("code", "代码", width=8),
        Column("name", "指标", width=26),
        Column("numerator", "分子", Kind.INT),
        Column("denominator", "分母", Kind.INT),
        Column("value", "本期"),
        Column("previous", "上期"),
        Column("change", "比上期", width=22),
        Column("year_ago", "去年同期"),
        Column("target", "目标"),
    ]
    rows = [
        (f.code, f.name, f.numerator, f.denominator, f.value, f.previous, f.change, f.year_ago, f.target)
        for f in (
            *tables.key_figures(snapshot),
            *service_tables.figures(snapshot),
            *training_tables.figures(snapshot),
            *oversight_tables.findings(snapshot),
            *oversight_tables.complaints(snapshot),
        )
    ]
    return Sheet("主要指标", columns, rows)


def _areas(title: str, table: tables.Table) -> Sheet:
    counts = len(table.total.counts)
    columns = [Column("code", "代码", Kind.CODE), Column("name", "县（市、区）", width=20)] + [
        Column(heading, heading, Kind.INT if number < counts else Kind.TEXT, width=18)
        for number, heading in enumerate(table.columns)
    ]
    rows: list[tuple[Value, ...]] = [
        (row.code, row.name, *row.counts, *(cell.text for cell in row.cells)) for row in [*table.rows, table.total]
    ]
    return Sheet(title, columns, rows)


def _schools(snapshot: Snapshot) -> Sheet:
    headings = tables.school_headings(snapshot)
    first_count, end = 3, 3 + len(tables.school_counts(snapshot))
    columns = [
        Column(
            heading, heading, Kind.INT if first_count <= number < end else Kind.TEXT, width=26 if number == 1 else 14
        )
        for number, heading in enumerate(headings)
    ]
    return Sheet("分校", columns, tables.school_rows(snapshot))


def _grades(snapshot: Snapshot) -> Sheet:
    columns = [
        Column("grade", "年级", width=18),
        Column("class_days", "平日班级日", Kind.INT),
        Column("minutes", "日均书面作业（分钟）", width=20),
        Column("limit", "国家限量（分钟）", width=16),
        Column("over", "班级日超限率"),
    ]
    rows = [(row.name, row.class_days, row.minutes, row.limit, row.over) for row in tables.by_grade(snapshot)]
    return Sheet("分年级", columns, rows)


def _days(snapshot: Snapshot) -> Sheet:
    columns = [Column("day", "日期")] + [
        Column(name, heading, Kind.INT, width=16) for name, heading in tables.SCHOOL_COUNTS.items()
    ]
    rows: list[tuple[Value, ...]] = [
        (line.day, *(line.counts[name] for name in tables.SCHOOL_COUNTS)) for line in snapshot.days
    ]
    return Sheet("每日", columns, rows)


def _definitions(snapshot: Snapshot) -> Sheet:
    columns = [
        Column("code", "代码", width=8),
        Column("name", "指标", width=26),
        Column("target", "目标"),
        Column("source", "来源", width=26),
        Column("text", "口径", width=100),
    ]
    return Sheet("口径", columns, [(d.code, d.name, d.target, d.source, d.text) for d in snapshot.definitions])


def _corrections(snapshot: Snapshot) -> Sheet:
    columns = [
        Column("where", "范围", width=26),
        Column("what", "指标", width=26),
        Column("old", "原数", width=24),
        Column("new", "更正为", width=24),
    ]
    return Sheet("更正说明", columns, [(c.where, c.what, c.old, c.new) for c in snapshot.corrections])
