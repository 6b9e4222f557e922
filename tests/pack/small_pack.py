"""A small invented pack that tests and the documentation's examples are built against."""

from __future__ import annotations

from craftpath.pack.load import build_pack
from craftpath.pack.nouns import Pack

__all__ = ["FILES", "rule_file", "small_files", "small_pack", "with_rules"]

_PACK = """\
pack: small
version: 2026.11.1
label: {zh: 小城, en: Small Town}
work: employment
lists:
  occupation: {zh: 职业, en: occupation}
calendar: {months: clamp, broken-time: months-then-30-days, source: civil-code-202}
"""

_SCALES = """\
scales:
  skill:
    - {rank: 1, code: "0", label: {zh: 学徒工, en: apprentice}}
    - {rank: 2, code: "5", label: {zh: 五级/初级工, en: level 5 (junior worker)}}
    - {rank: 3, code: "4", label: {zh: 四级/中级工, en: level 4 (intermediate worker)}}
    - {rank: 4, code: "3", label: {zh: 三级/高级工, en: level 3 (senior worker)}}
    - {rank: 5, code: "2", label: {zh: 二级/技师, en: level 2 (technician)}}
    - {rank: 6, code: "1", label: {zh: 一级/高级技师, en: level 1 (senior technician)}}
"""

_SOURCES = """\
sources:
  civil-code-202:
    title: 中华人民共和国民法典
    number: null
    issuer: {zh: 全国人民代表大会, en: National People's Congress}
    day: 2020-05-28
    certainty: A
  town-2023-1:
    title: 小城技能等级申报办法
    number: 小城发〔2023〕1号
    issuer: {zh: 小城人民政府, en: Small Town government}
    day: 2023-06-20
    certainty: B
    note: {zh: 为示例虚构, en: invented for examples}
  town-2025-7:
    title: 小城技能补贴办法
    number: 小城发〔2025〕7号
    issuer: {zh: 小城人民政府, en: Small Town government}
    day: 2024-12-20
    certainty: C
"""

_KINDS = """\
kinds:
  birth:
    label: {zh: 出生, en: birth}
    about: person
    open: false
    why: {zh: 每个人都有, en: everybody has one}
  founded:
    label: {zh: 成立, en: founding}
    about: organisation
    open: false
    why: {zh: 每个单位都有, en: every organisation has one}
  employment:
    label: {zh: 从业, en: employment}
    about: person
    codes: occupation
    other: employer
    open: false
    why: {zh: 以劳动合同备案为准, en: contracts are filed}
  certificate:
    label: {zh: 职业技能等级证书, en: skill certificate}
    about: person
    codes: occupation
    scale: skill
    other: issuer
    open: false
    why: {zh: 全国联网可查, en: the national register is complete}
  study:
    label: {zh: 毕业证书, en: diploma}
    about: person
    codes: major
    other: school
    open: true
    why: {zh: 外地学历可能未登记, en: studies elsewhere may not have reached us}
  wage-tax:
    label: {zh: 工资薪金个人所得税, en: wage tax}
    about: person
    unit: yuan
    open: false
    why: {zh: 税务数据完整, en: tax data are complete}
  grant:
    label: {zh: 技能补贴, en: skill grant}
    about: person
    codes: occupation
    scale: skill
    unit: yuan
    open: false
    why: {zh: 由本系统发放, en: paid by this system}
  insured:
    label: {zh: 失业保险参保缴费, en: unemployment insurance}
    about: person
    open: false
    why: {zh: 社保数据完整, en: insurance data are complete}
  residence:
    label: {zh: 户籍, en: registered residence}
    about: person
    codes: region
    open: false
    why: {zh: 以户籍登记为准, en: it is a register}
  designated:
    label: {zh: 产教融合型企业, en: industry–education enterprise}
    about: organisation
    open: false
    why: {zh: 名单公布, en: the list is published}
  staff:
    label: {zh: 参保职工人数, en: insured staff}
    about: organisation
    unit: people
    open: false
    why: {zh: 社保数据完整, en: insurance data are complete}
"""

_SETS = """\
sets:
  short-trades:
    list: occupation
    label: {zh: 急需紧缺职业, en: shortage occupations}
    source: town-2025-7
    codes: [6-18-02-04, 6-31-01-03]
"""

_AMOUNTS = """\
amounts:
  skill-grant:
    unit: yuan
    values:
      - {level: 3, value: 2000 yuan, from: 2023-01-01, until: 2025-01-01, source: town-2025-7}
      - {level: 3, value: 2200 yuan, from: 2025-01-01, until: 2026-01-01, source: town-2025-7}
"""

_OCCUPATIONS = """\
code,name_zh,name_en,parent,edition
6-18-02-03,冲压工,press operator,6-18-02,2022
6-18-02-04,焊工,welder,6-18-02,2022
6-31-01-03,电工,electrician,6-31-01,2022
6-31-07-03,工业机器人系统操作员,industrial robot operator,6-31-07,2022
4-03-02-01,中式烹调师,Chinese cook,4-03-02,2022
6-18-02,机械冷加工,metal working,,2022
6-31-01,机械设备修理,machine repair,,2022
6-31-07,机器人,robots,,2022
4-03-02,餐饮,catering,,2022
"""

_ALIASES = """\
alias,code,edition,note
6-30-99-00,6-31-07-03,2020,renumbered in 2022
"""

_MAJORS = """\
code,name_zh,name_en,parent,edition
660108,智能焊接技术,intelligent welding,6601,2021
660301,机电一体化技术,mechatronics,6603,2021
6601,机械设计制造,machine building,,2021
6603,自动化,automation,,2021
"""

_REGIONS = """\
code,name_zh,name_en,parent,edition
440000,广东省,Guangdong,,2020
441900,东莞市,Dongguan,440000,2020
440100,广州市,Guangzhou,440000,2020
110000,北京市,Beijing,,2020
"""

_RULES = """\
rules:
  - rule: skill-level.senior
    about: [person, occupation]
    label: {zh: 三级/高级工 申报条件, en: "Level 3, senior worker: who may apply"}
    versions:
      - from: 2023-07-01
        source: town-2023-1
        any:
          - id: work-10y
            clause: （1）
            all:
              - {worked: {occupation: related}, at_least: 10 years}
          - id: level4-then-4y
            clause: （2）
            all:
              - worked: {occupation: related, since: {certificate: {occupation: related, level: 4}}}
                at_least: 4 years
  - rule: grant.senior
    about: [person, occupation]
    label: {zh: 高级工技能补贴, en: Grant for senior workers}
    versions:
      - from: 2025-01-01
        until: 2026-01-01
        source: town-2025-7
        all:
          - {accumulated: {insured: {}}, at_least: 12 months}
        any:
          - id: certificate
            all:
              - {certificate: {occupation: focus, level: 3}, within: 12 months}
              - {count: {grant: {occupation: any}}, in: calendar year, at_most: 2}
            amount:
              table: skill-grant
              level: 3
              add: [{percent: 30, when: {focus: {in: {set: short-trades}}}}]
cases:
  - it: {zh: 累计满十年的当天可申报, en: ten years to the day}
    rule: skill-level.senior
    focus: 6-18-02-04
    life:
      - birth 1985-05-01
      - employment 6-18-02-04 2014-03-01..
    on:
      2024-02-29: later 2024-03-01
      2024-03-01: qualifies work-10y
"""

FILES: dict[str, str] = {
    "pack.yaml": _PACK,
    "scales.yaml": _SCALES,
    "sources.yaml": _SOURCES,
    "kinds.yaml": _KINDS,
    "sets.yaml": _SETS,
    "amounts.yaml": _AMOUNTS,
    "codes/occupation.csv": _OCCUPATIONS,
    "codes/occupation.aliases.csv": _ALIASES,
    "codes/major.csv": _MAJORS,
    "codes/region.csv": _REGIONS,
    "relations/occupation-occupation.csv": "focus,subject\n6-31-01-03,6-31-07-03\n",
    "relations/occupation-major.csv": "focus,subject\n6-18-02-04,660108\n",
    "relations/defaults.yaml": "occupation-occupation: {default: same-parent}\n"
    "occupation-major: {default: none}\n",
    "rules/skill.yaml": _RULES,
}


def small_files(changes: dict[str, str] | None = None) -> dict[str, bytes]:
    """The pack's files as bytes, with some of them changed or added."""
    return {name: text.encode() for name, text in {**FILES, **(changes or {})}.items()}


def small_pack(changes: dict[str, str] | None = None) -> Pack:
    """The small pack, which must build."""
    pack, problems = build_pack(small_files(changes))
    assert pack is not None, "\n".join(str(problem) for problem in problems)
    return pack


def with_rules(rules: str) -> dict[str, bytes]:
    """The files with one rule file only, holding this text."""
    return small_files({"rules/skill.yaml": rules})


def rule_file(condition: str, *, about: str = "[person, occupation]") -> str:
    """A rule file with one rule, one version, one route and one condition, on line 11."""
    return f"""\
rules:
  - rule: one
    about: {about}
    label: {{zh: 一, en: one}}
    versions:
      - from: 2023-07-01
        source: town-2023-1
        any:
          - id: way
            all:
              - {condition}
"""
