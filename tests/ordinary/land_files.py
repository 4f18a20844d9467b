"""Ordinary files of land: ledgers, parcels, control lines, events, forms of survey."""

import datetime as dt
import zipfile

import openpyxl
import shapely

from tests.ordinary.making import (
    MU,
    PLOTS,
    TO_DEGREES,
    TOWNS,
    Asked,
    Count,
    Total,
    Values,
    layer,
    legal_m2,
    legal_mu,
    old_sheet,
    ordinary,
    parcels,
    shapes,
    sheet,
    text,
)

CODES = [f"CS-{number:03}" for number in range(1, 6)]
AREAS = [12.5, 30.0, 8.25, 41.36, 5.0]
ACCEPTED = [dt.date(2021, 3, 5), dt.date(2021, 6, 18), None, dt.date(2021, 9, 30), None]
COUNTED = 12.5 + 30.0 + 41.36


def day(one):
    return None if one is None else f"{one.year}/{one.month}/{one.day}"


def ledger(path, right=COUNTED, *more, n=5):
    return Asked(["land", "ledger", path, *more], [Count(n), Total("counted_mu", right)])


@ordinary
def ledger_with_title_unit_note_and_total(folder):
    rows = [["序号", "图斑编号", "乡镇", "面积（亩）", "验收日期", "验收文号", "备注"]]
    rows += [[at + 1, CODES[at], TOWNS[at], AREAS[at], ACCEPTED[at], None, None] for at in range(5)]
    rows += [["合计", None, None, sum(AREAS), None, None, None]]
    return ledger(
        sheet(
            folder / "低效用地再开发台账.xlsx",
            rows,
            title="常熟市2021年低效用地再开发台账",
            under=["填报单位：市自然资源和规划局", None, None, None, None, "填报日期：2021年12月31日"],
            notes=["注：面积以勘测定界成果为准。", "填表人：          审核人："],
        )
    )


@ordinary
def ledger_xls_with_square_metres(folder):
    rows = [["编号", "项目名称", "所在镇", "用地面积（平方米）", "通过验收日期"]]
    rows += [
        [CODES[at], f"地块{at + 1}", TOWNS[at], round(AREAS[at] * MU, 2), ACCEPTED[at]] for at in range(5)
    ]
    return ledger(old_sheet(folder / "盘活台账.xls", rows, "存量建设用地盘活台账"))


@ordinary
def ledger_csv_gbk(folder):
    rows = [["图斑编号", "所属乡镇", "面积(公顷)", "验收时间"]]
    rows += [[CODES[at], TOWNS[at], round(AREAS[at] / 15, 6), day(ACCEPTED[at])] for at in range(5)]
    return ledger(text(folder / "台账.csv", rows))


@ordinary
def ledger_csv_utf8_with_bom(folder):
    rows = [["地块编号", "镇街", "地块面积(亩)", "验收日期", "状态"]]
    state = ["已验收", "已验收", "在建", "已验收", "未验收"]
    rows += [[CODES[at], TOWNS[at], AREAS[at], ACCEPTED[at] or "", state[at]] for at in range(5)]
    return ledger(text(folder / "台账导出.csv", rows, "utf-8-sig"))


@ordinary
def ledger_tab_text_from_excel(folder):
    rows = [["图斑编号", "乡镇", "面积（亩）", "验收日期"]]
    rows += [[CODES[at], TOWNS[at], AREAS[at], day(ACCEPTED[at])] for at in range(5)]
    return ledger(text(folder / "台账.txt", rows, "utf-16", "\t"))


@ordinary
def ledger_by_town_with_merged_cells_and_subtotals(folder):
    rows = [
        ["乡镇", "图斑编号", "面积（亩）", "验收日期"],
        ["梅李镇", "A1", 10, dt.date(2021, 2, 1)],
        [None, "A2", 20, dt.date(2021, 2, 2)],
        ["小计", None, 30, None],
        ["海虞镇", "B1", 5.5, dt.date(2021, 3, 1)],
        [None, "B2", 4.5, None],
        ["小计", None, 10, None],
        ["总计", None, 40, None],
    ]
    return ledger(
        sheet(folder / "分镇台账.xlsx", rows, title="更新地块分镇台账", merges=["A3:A4", "A6:A7"]), 35.5, n=4
    )


@ordinary
def ledger_two_row_heads(folder):
    rows = [
        ["序号", "地块信息", None, None, "验收情况", None],
        [None, "图斑编号", "乡镇", "面积(亩)", "验收日期", "验收文号"],
    ]
    rows += [
        [
            at + 1,
            CODES[at],
            TOWNS[at],
            AREAS[at],
            ACCEPTED[at],
            f"常自然资验〔2021〕{at + 1}号" if ACCEPTED[at] else None,
        ]
        for at in range(5)
    ]
    return ledger(
        sheet(folder / "台账（双层表头）.xlsx", rows, title="更新台账", merges=["A2:A3", "B2:D2", "E2:F2"])
    )


@ordinary
def ledger_year_month_dates(folder):
    rows = [["图斑编号", "乡镇", "面积（亩）", "验收年月"]]
    rows += [["X1", "梅李镇", 10, "2021年3月"], ["X2", "海虞镇", 12, "2021年11月"], ["X3", "古里镇", 7, None]]
    return ledger(sheet(folder / "验收月报.xlsx", rows), 22, n=3)


@ordinary
def ledger_sheet_per_year(folder):
    book = openpyxl.Workbook()
    book.remove(book.active)
    for year, area in ((2020, 11.0), (2021, 9.5)):
        rows = [
            ["图斑编号", "乡镇", "面积（亩）", "验收日期"],
            [f"{year}-1", "梅李镇", area, dt.date(year, 5, 6)],
            [f"{year}-2", "海虞镇", 2 * area, dt.date(year, 8, 9)],
        ]
        sheet(folder / "历年台账.xlsx", rows, title=f"{year}年度台账", of=(book, f"{year}年"))
    return ledger(folder / "历年台账.xlsx", 3 * 20.5, n=4)


@ordinary
def reclamation_acceptance(folder):
    rows = [
        ["序号", "项目编号", "项目名称", "所在乡镇", "批准文号", "复垦面积（公顷）", "验收日期", "验收文号"]
    ]
    rows += [
        [
            1,
            "FK2021-01",
            "梅李镇某村复垦项目",
            "梅李镇",
            "苏自然资〔2020〕11号",
            2.0,
            dt.date(2021, 4, 2),
            "常验〔2021〕1号",
        ],
        [
            2,
            "FK2021-02",
            "支塘镇某村复垦项目",
            "支塘镇",
            "苏自然资〔2020〕12号",
            1.5,
            dt.date(2021, 7, 2),
            "常验〔2021〕2号",
        ],
    ]
    return ledger(
        sheet(folder / "土地复垦验收汇总表.xlsx", rows, title="2021年度土地复垦项目验收汇总表"), 52.5, n=2
    )


@ordinary
def linkage_projects(folder):
    rows = [["序号", "地块编号", "项目名称", "乡镇", "地块面积（平方米）", "验收时间", "备注"]]
    rows += [
        [1, "ZJ-01", "增减挂钩一号", "梅李镇", 6666.67, dt.date(2021, 5, 1), None],
        [2, "ZJ-02", "增减挂钩一号", "梅李镇", 13333.33, dt.date(2021, 5, 1), None],
        [3, "ZJ-03", "增减挂钩二号", "海虞镇", 3333.33, None, "拟2022年验收"],
    ]
    return ledger(
        sheet(folder / "增减挂钩拆旧地块表.xlsx", rows, title="城乡建设用地增减挂钩拆旧地块明细"), 30.0, n=3
    )


@ordinary
def parcels_shp_gbk_with_cpg(folder):
    frame = parcels(图斑编号=CODES, 乡镇=list(TOWNS), 面积亩=[round(legal_mu(one), 2) for one in PLOTS])
    return Asked(
        ["land", "area", shapes(folder / "更新地块.shp", frame)],
        [Count(5), Total("area_legal_mu", legal_mu(*PLOTS)), Values("area_check", ["agree"] * 5)],
    )


@ordinary
def parcels_shp_gbk_without_cpg(folder):
    frame = parcels(DKBH=CODES, XZMC=list(TOWNS), YSRQ=[day(one) or "" for one in ACCEPTED])
    right = legal_mu(PLOTS[0], PLOTS[1], PLOTS[3])
    return ledger(shapes(folder / "地块.shp", frame, cpg=False), right)


@ordinary
def parcels_shp_utf8_with_ha(folder):
    frame = parcels(编号=CODES, 面积=[round(legal_m2(one) / 10_000, 4) for one in PLOTS]).rename(
        columns={"面积": "面积ha"}
    )
    return Asked(
        ["land", "area", shapes(folder / "地块.shp", frame, "utf-8")],
        [Total("area_legal_mu", legal_mu(*PLOTS)), Values("area_check", ["agree"] * 5)],
    )


@ordinary
def land_survey_patches_shp(folder):
    frame = parcels(
        BSM=[f"3205812110000{at:05}" for at in range(5)],
        YSDM=["2001010100"] * 5,
        TBBH=[f"{at + 1:04}" for at in range(5)],
        DLBM=["0601"] * 5,
        DLMC=["工业用地"] * 5,
        QSXZ=["20"] * 5,
        ZLDWDM=["3205811012010000000"] * 5,
        ZLDWMC=["梅李镇某村"] * 5,
        TBMJ=[round(legal_m2(one), 2) for one in PLOTS],
        KCXS=[0.0] * 5,
        KCMJ=[0.0] * 5,
        TBDLMJ=[round(legal_m2(one), 2) for one in PLOTS],
        SJNF=["2021"] * 5,
        BZ=[""] * 5,
    )
    return Asked(
        ["land", "area", shapes(folder / "DLTB.shp", frame)],
        [Count(5), Total("area_legal_mu", legal_mu(*PLOTS)), Values("area_check", ["agree"] * 5)],
    )


@ordinary
def parcels_gpkg(folder):
    frame = parcels(图斑编号=CODES, 乡镇=list(TOWNS), 验收日期=[day(one) for one in ACCEPTED])
    return ledger(layer(folder / "更新地块.gpkg", frame), legal_mu(PLOTS[0], PLOTS[1], PLOTS[3]))


@ordinary
def parcels_gdb(folder):
    frame = parcels(
        DKBH=CODES,
        DKMC=[f"地块{at}" for at in range(5)],
        DKMJ=[round(legal_m2(one) / 10_000, 4) for one in PLOTS],
    )
    return Asked(
        ["land", "area", layer(folder / "成果.gdb", frame, "GXDK", "OpenFileGDB")],
        [Count(5), Total("area_legal_mu", legal_mu(*PLOTS))],
    )


@ordinary
def parcels_zip_of_shp(folder):
    shapes(folder / "地块.shp", parcels(图斑编号=CODES, 乡镇=list(TOWNS)))
    with zipfile.ZipFile(folder / "更新地块上报.zip", "w") as pack:
        for one in sorted(folder.glob("地块.*")):
            pack.write(one, one.name)
    return Asked(
        ["land", "area", folder / "更新地块上报.zip"], [Count(5), Total("area_legal_mu", legal_mu(*PLOTS))]
    )


@ordinary
def parcels_geojson_degrees(folder):
    frame = parcels(图斑编号=CODES, 乡镇=list(TOWNS)).to_crs(4490)
    frame.to_file(folder / "地块.geojson", driver="GeoJSON")
    return Asked(
        ["land", "area", folder / "地块.geojson"], [Count(5), Total("area_legal_mu", legal_mu(*PLOTS))]
    )


def placemarks():
    marks = []
    for code, shape in zip(CODES, PLOTS, strict=True):
        ground = shapely.transform(shape, TO_DEGREES.transform, interleaved=False)
        points = " ".join(f"{x:.9f},{y:.9f},0" for x, y in shapely.get_coordinates(ground))
        marks.append(
            f"<Placemark><name>{code}</name><styleUrl>#a</styleUrl><Polygon><outerBoundaryIs><LinearRing>"
            f"<coordinates>{points}</coordinates></LinearRing></outerBoundaryIs></Polygon></Placemark>"
        )
    return (
        '<?xml version="1.0" encoding="UTF-8"?><kml xmlns="http://www.opengis.net/kml/2.2"><Document>'
        f'<name>更新地块</name><Style id="a"/><Folder><name>地块</name>{"".join(marks)}</Folder></Document></kml>'
    )


@ordinary
def parcels_kml(folder):
    (folder / "奥维标注.kml").write_text(placemarks(), encoding="utf-8")
    return Asked(
        ["land", "area", folder / "奥维标注.kml"], [Count(5), Total("area_legal_mu", legal_mu(*PLOTS))]
    )


@ordinary
def parcels_kmz(folder):
    with zipfile.ZipFile(folder / "两步路导出.kmz", "w") as pack:
        pack.writestr("doc.kml", placemarks())
    return Asked(
        ["land", "area", folder / "两步路导出.kmz"], [Count(5), Total("area_legal_mu", legal_mu(*PLOTS))]
    )


@ordinary
def parcels_dxf(folder):
    lines = ["0", "SECTION", "2", "ENTITIES"]
    for code, shape in zip(CODES, PLOTS, strict=True):
        ring = shapely.get_coordinates(shape)[:-1]
        lines += ["0", "LWPOLYLINE", "8", "宗地界线", "90", str(len(ring)), "70", "1"]
        lines += [text for x, y in ring for text in ("10", f"{x:.4f}", "20", f"{y:.4f}")]
        middle = shape.centroid
        lines += [
            "0",
            "TEXT",
            "8",
            "注记",
            "10",
            f"{middle.x:.3f}",
            "20",
            f"{middle.y:.3f}",
            "40",
            "5",
            "1",
            code,
        ]
    (folder / "宗地图.dxf").write_bytes(
        "\r\n".join([*lines, "0", "ENDSEC", "0", "EOF", ""]).encode("gb18030")
    )
    return Asked(
        ["land", "area", folder / "宗地图.dxf"], [Count(5), Total("area_legal_mu", legal_mu(*PLOTS))]
    )


@ordinary
def parcels_boundary_points_txt(folder):
    lines = [
        "[属性描述]",
        "格式版本号=1.01版本",
        "数据产生单位=某测绘院",
        "数据产生日期=2021-8-1",
        "坐标系=2000国家大地坐标系",
        "几度分带=3",
        "投影类型=高斯克吕格",
        "计量单位=米",
        "带号=40",
        "精度=0.001",
        "转换参数=0,0,0,0,0,0,0",
        "[地块坐标]",
    ]
    for code, shape in zip(CODES, PLOTS, strict=True):
        ring = shapely.get_coordinates(shape)
        lines.append(f"{len(ring)},{legal_m2(shape) / 10_000:.4f},{code},某地块,面,,工业用地,,@")
        lines += [f"J{at % (len(ring) - 1) + 1},1,{y:.3f},{x:.3f}" for at, (x, y) in enumerate(ring)]
    (folder / "勘测定界.txt").write_bytes("\r\n".join(lines).encode("gb18030"))
    return Asked(
        ["land", "area", folder / "勘测定界.txt"],
        [Count(5), Total("area_legal_mu", legal_mu(*PLOTS)), Values("area_check", ["agree"] * 5)],
    )


@ordinary
def parcels_point_table(folder):
    rows = [["地块编号", "圈号", "点号", "X坐标（米）", "Y坐标（米）"]]
    for code, shape in zip(CODES, PLOTS, strict=True):
        ring = shapely.get_coordinates(shape)
        rows += [
            [code, 1, f"J{at % (len(ring) - 1) + 1}", round(y, 3), round(x, 3)]
            for at, (x, y) in enumerate(ring)
        ]
    return Asked(
        [
            "land",
            "area",
            sheet(
                folder / "界址点成果表.xlsx",
                rows,
                title="界址点成果表",
                under=["坐标系：CGCS2000，3度带，40带"],
            ),
        ],
        [Count(5), Total("area_legal_mu", legal_mu(*PLOTS))],
    )


@ordinary
def renewal_with_events(folder):
    frame = parcels(
        图斑编号=CODES, 乡镇=list(TOWNS), 更新方式=["收储", "自主更新", "收储", "协议置换", "自主更新"]
    )
    rows = [["序号", "图斑编号", "事件", "日期", "文号", "面积（亩）", "登记人"]]
    events = [
        (0, "认定", "2020-05-01"),
        (0, "验收", "2021-03-05"),
        (1, "认定", "2020-06-01"),
        (1, "批准", "2020-09-01"),
        (2, "认定", "2020-06-01"),
        (3, "验收", "2021-09-30"),
    ]
    rows += [
        [at + 1, CODES[which], event, when, f"常政〔{when[:4]}〕{at + 1}号", None, "张三"]
        for at, (which, event, when) in enumerate(events)
    ]
    return ledger(
        shapes(folder / "更新地块.shp", frame),
        legal_mu(PLOTS[0], PLOTS[3]),
        "--events",
        sheet(folder / "更新台账.xlsx", rows, title="更新进展台账"),
    )


@ordinary
def events_with_codes_as_text(folder):
    codes = [f"32058110100{at:03}GB0000{at}" for at in range(5)]
    frame = parcels(ZDDM=codes, XZMC=list(TOWNS))
    rows = [["宗地代码", "环节", "办理日期", "文件号"]]
    rows += [
        [codes[0], "验收", "2021.3.5", "常验1号"],
        [codes[4], "验收", "2021.4.5", "常验2号"],
        [codes[1], "供地", "2021.5.5", "常供3号"],
    ]
    path = shapes(folder / "宗地.shp", frame)
    events = text(
        folder / "办理情况.csv",
        [["事件编号", *rows[0]], *([f"S{at}", *row] for at, row in enumerate(rows[1:]))],
    )
    return Asked(
        ["land", "ledger", path, "--events", events], [Total("counted_mu", legal_mu(PLOTS[0], PLOTS[4]))]
    )
