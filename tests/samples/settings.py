"""The settings of a sample county: county.toml and filing.toml, with offices of the real kinds and nothing else real.

Phones read 0000-0000000, document numbers 示例〔2022〕1号, and every office carries （示例）: nobody can take them for real.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from tests.samples.library import Place
from tests.samples.pilots import Pilot

HOURS = {
    "zh": "工作日 8:30–11:30，13:30–17:00（示例）",
    "en": "Working days 8:30–11:30 and 13:30–17:00 (sample)",
    "ko": "근무일 8:30–11:30, 13:30–17:00 (예시)",
}
PHONE = "0000-0000000"
PROVINCE_RECORDS = (
    "黑龙江省委机构编制委员会办公室（示例）",
    "Office of the Institutional Establishment Commission of the CPC Heilongjiang Provincial Committee (sample)",
)
KOREAN_OFFICES = {
    "host": "둥닝시 인민정부 판공실 (예시)",
    "lists": "중국공산당 둥닝시위원회 기구편제위원회 판공실 (예시)",
    "relief": "둥닝시 기층 부담 경감을 위한 형식주의 정비 업무 메커니즘 판공실 (예시)",
}
FIRST, LATER, WAITING = 0, 1, 2


@dataclass(frozen=True, kw_only=True)
class People:
    """The offices that speak in one county's filings."""

    county: str
    english: str
    approval: str
    review: str
    host: Mapping[str, str]
    lists_office: Mapping[str, str]
    relief_office: Mapping[str, str]
    translations: Mapping[str, str]

    @staticmethod
    def of(county: str, english: str, prefecture: str, prefecture_english: str) -> People:
        """Return the offices of a county of this name, in this prefecture."""
        # 中共龙沙区委 but 中共宾县县委: a one-character name keeps its 县 before 县委.
        committee = f"中共{county}委" if len(county) > 2 else f"中共{county}{county[-1]}委"
        approval = f"{committee}、{county}人民政府（示例）"
        committee_en = f"CPC {english.replace(' City', ' Municipal')} Committee"
        approval_en = f"{committee_en} and People's Government of {english} (sample)"
        whole = (
            prefecture_english.replace("Prefecture", "Prefectural")
            if prefecture.endswith("地区")
            else f"{prefecture_english} Municipal"
        )
        short = f"{prefecture.removesuffix('地区')}地委" if prefecture.endswith("地区") else f"{prefecture}委"
        review = f"{short}机构编制委员会办公室（示例）"
        review_en = (
            f"Office of the Institutional Establishment Commission of the CPC {whole} Committee (sample)"
        )
        return People(
            county=county,
            english=english,
            approval=approval,
            review=review,
            host={
                "zh": f"{county}人民政府办公室（示例）",
                "en": f"Office of the People's Government of {english} (sample)",
            },
            lists_office={
                "zh": f"{committee}机构编制委员会办公室（示例）",
                "en": f"Office of the Institutional Establishment Commission of the {committee_en} (sample)",
            },
            relief_office={
                "zh": f"{county}整治形式主义为基层减负专项工作机制办公室（示例）",
                "en": f"Office of the {english} Mechanism for Combating Formalities and Easing Burdens at the Primary Level (sample)",
            },
            translations={approval: approval_en, review: review_en, PROVINCE_RECORDS[0]: PROVINCE_RECORDS[1]},
        )


def quote(text: str) -> str:
    """Return a TOML basic string; JSON's escapes are TOML's."""
    return json.dumps(text, ensure_ascii=False)


def table(texts: Mapping[str, str], languages: Sequence[str]) -> str:
    """Return an inline table of a text in the languages of the county."""
    return "{ " + ", ".join(f"{lang} = {quote(texts[lang])}" for lang in languages if lang in texts) + " }"


def write_county(folder: Path, pilot: Pilot, people: People) -> None:
    """Write county.toml: no domain, no record numbers, no verified date, since none of these may be made up."""
    korean = KOREAN_OFFICES if "ko" in pilot.languages else {}

    def with_korean(texts: Mapping[str, str], key: str) -> dict[str, str]:
        return {**texts, **({"ko": korean[key]} if korean else {})}

    languages = ", ".join(quote(lang) for lang in pilot.languages)
    lines = [
        f"# {people.county}：示例设置。真实启用时请用 qingdan init 重新生成。",
        f"languages = [{languages}]",
        f"host = {table(with_korean(people.host, 'host'), pilot.languages)}",
        "sample = true",
    ]
    for role, office, key in (
        ("county", people.lists_office, "lists"),
        ("relief", people.relief_office, "relief"),
    ):
        lines += [
            "",
            "[[contact]]",
            f'role = "{role}"',
            f'phone = "{PHONE}"',
            f"office = {table(with_korean(office, key), pilot.languages)}",
            f"hours = {table(HOURS, pilot.languages)}",
        ]
    (folder / "county.toml").write_text("\n".join(lines) + "\n", encoding="utf-8")


def title_of(people: People, state: int, kinds: frozenset[str], place: Place) -> tuple[str, str]:
    """Return the title of a filing and its English."""
    zh, en = "履职事项清单", "lists of responsibilities"
    if kinds == {"task"}:
        zh, en = "职责任务清单", "lists of responsibilities and tasks"
    change, change_en = {
        FIRST: ("", ""),
        LATER: ("动态调整", ", adjusted"),
        WAITING: ("调整（待审核）", ", adjustment awaiting review"),
    }[state]
    return (
        f"{people.county}{place.words['乡镇']}{zh}{change}（示例）",
        f"{people.english}: {place.english_words['township']} {en}{change_en} (sample)",
    )


def write_filing(
    folder: Path,
    documents: Sequence[tuple[str, Sequence[str], str | None]],
    every: Sequence[str],
    pilot: Pilot,
    people: People,
    index: int,
    place: Place,
) -> None:
    """Write filing.toml. `index` 0 is the first filing; the second one is the pilot's later one."""
    state = FIRST if index == 0 else LATER if pilot.later and pilot.later.reviewed else WAITING
    effective = pilot.effective if index == 0 or pilot.later is None else pilot.later.effective
    kinds = frozenset(kind for bundle in pilot.bundles for kind in bundle.sizes)
    zh, en = title_of(people, state, kinds, place)
    place.translations[zh] = en
    day = date.fromisoformat(effective)
    lines = [f"title = {quote(zh)}", f"effective = {effective}", "sample = true"]

    def stage(name: str, authority: str, days: int, number: int | None) -> None:
        when = day - timedelta(days=days)
        lines.extend(["", f"[{name}]", f"authority = {quote(authority)}"])
        if number is not None:
            lines.append(f'document_number = "示例〔{when.year}〕{number}号"')
        lines.append(f"date = {when.isoformat()}")

    first = 3 * index + 1
    stage("approval", people.approval, 12, first)
    if state != WAITING:
        stage("review", people.review, 5, first + 1)
        if pilot.recorded != "absent":
            stage("record", PROVINCE_RECORDS[0], 0, first + 2 if pilot.recorded == "number" else None)
    for file, townships, kind in documents:
        codes = (
            '"all"'
            if list(townships) == list(every)
            else "[" + ", ".join(quote(code) for code in townships) + "]"
        )
        lines += ["", "[[document]]", f"file = {quote(file)}", f"townships = {codes}"]
        if kind:
            lines.append(f'kind = "{kind}"')
    (folder / "filing.toml").write_text("\n".join(lines) + "\n", encoding="utf-8")
