"""Made-up people: identity numbers with true check digits, and names composed from lists of characters."""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from expectations.errors import RequestError
from expectations.identity import CHECK_CHARACTERS, WEIGHTS
from pipelines.simulator.arrays import Bools, Days, Floats, Ints

SURNAMES = tuple(
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈"
    "姚卢姜崔钟谭陆汪范金石廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤"
)
MALE = tuple("伟强磊军洋勇杰涛明超刚平辉鹏华飞波斌宇浩凯健俊帆帅旭宁龙林松海山峰岩川江河田野春秋冬")
FEMALE = tuple("芳娜敏静丽艳娟霞燕红梅玲兰英菊莲桂翠莉萍琴云雪晶欣悦婷慧倩彤瑶琪蓉薇岚妍梦月秋春香")
MIDDLE = tuple("志建国文永家正世德光玉秀桂天子小晓思雨一元启安泽承立成祖学兴昌荣庆福贵才仁义礼智信忠孝友良善长远")
MINORITY_MALE = (
    *("巴图", "扎西", "多吉", "买买提", "吐尔逊", "艾山"),
    *("丹增", "次仁", "阿古拉", "沙马", "吉克", "阿木"),
)
MINORITY_FEMALE = (
    *("古丽", "卓玛", "央金", "阿依", "拉姆", "其其格"),
    *("乌日娜", "热依罕", "娜仁", "阿呷", "木果", "尔扎"),
)
MINORITY_LAST = (
    *("尼玛", "旺堆", "依布拉", "艾力", "沙依", "格桑"),
    *("阿牛", "伍果", "拉日", "达瓦", "尼扎提", "呷呷"),
)
MINORITY_SHARE = 0.03

AREAS_BESIDE = 4
NUMBERS_A_DAY = 500
BAND = 12


@dataclass
class People:
    """One entry a person, in the order of their index."""

    birth: Days
    sex: Ints
    """0 male, 1 female."""
    number: pa.StringArray
    name: pa.StringArray
    minority: Bools
    luck: Floats
    """One stable uniform number a person; :meth:`chance` derives more of them."""

    def __len__(self) -> int:
        return len(self.birth)

    def chance(self, purpose: int) -> Floats:
        """A uniform number a person and purpose, the same in every month."""
        result: Floats = (self.luck * (7919.0 + 104729.0 * purpose)) % 1.0
        return result


def make_people(
    rng: np.random.Generator, county: str, birth: Days, sex: Ints, surname: Ints, minority: Bools
) -> People:
    """People with these birth dates, sexes (0 male, 1 female) and surnames (indexes)."""
    return People(
        birth=birth,
        sex=sex,
        number=identity_numbers(rng, county, birth, sex),
        name=names(rng, sex, surname, minority),
        minority=minority,
        luck=rng.random(len(birth)),
    )


def names(rng: np.random.Generator, sex: Ints, surname: Ints, minority: Bools) -> pa.StringArray:
    """Names by sex and surname; two names with a dot between for the minority."""
    count = len(sex)
    male = sex == 0
    last = np.where(male, rng.integers(0, len(MALE), count), len(MALE) + rng.integers(0, len(FEMALE), count))
    middle = rng.integers(-len(MIDDLE) // 4, len(MIDDLE), count)
    plain = pc.binary_join_element_wise(
        _pick(SURNAMES, surname), _pick(("", *MIDDLE), np.maximum(middle, -1) + 1), _pick(MALE + FEMALE, last), ""
    )
    first = np.where(
        male,
        rng.integers(0, len(MINORITY_MALE), count),
        len(MINORITY_MALE) + rng.integers(0, len(MINORITY_FEMALE), count),
    )
    dotted = pc.binary_join_element_wise(
        _pick(MINORITY_MALE + MINORITY_FEMALE, first), _pick(MINORITY_LAST, surname % len(MINORITY_LAST)), "·"
    )
    return pc.if_else(pa.array(minority), dotted, plain)


def _pick(words: tuple[str, ...], index: Ints) -> pa.StringArray:
    return pa.array(words).take(pa.array(index))


def identity_numbers(rng: np.random.Generator, county: str, birth: Days, sex: Ints) -> pa.StringArray:
    """Distinct 18-character numbers: area, birth date, sequence (odd for men), check character."""
    count = len(birth)
    # Most were born in the county; each area has a band of codes to spill over to when a day's numbers run out.
    area = np.where(rng.random(count) < 0.85, 0, rng.integers(1, AREAS_BESIDE, count))
    day = birth.astype("datetime64[D]").astype(np.int64)
    group = ((day - day.min()) * AREAS_BESIDE + area) * 2 + sex
    order = np.argsort(group, kind="stable")
    ordered = group[order]
    fresh = np.ones(count, dtype=bool)
    fresh[1:] = ordered[1:] != ordered[:-1]
    starts = np.flatnonzero(fresh)
    rank = np.empty(count, dtype=np.int64)
    rank[order] = np.arange(count) - np.repeat(starts, np.diff(np.append(starts, count)))
    band, rank = np.divmod(rank, NUMBERS_A_DAY)
    if count and band.max() >= BAND:
        raise RequestError("more people born on one day than there are identity numbers in the county's areas")
    # 167 has no factor in common with 500: neighbours by rank lie far apart.
    sequence = (rank * 167 + group * 61) % NUMBERS_A_DAY * 2 + (1 - sex)
    month = birth.astype("datetime64[M]").astype(np.int64)
    ymd = (
        (month // 12 + 1970) * 10_000
        + (month % 12 + 1) * 100
        + (birth - birth.astype("datetime64[M]").astype("datetime64[D]")).astype(np.int64)
        + 1
    )
    first_17 = (_area_codes(county)[area, band] * 10**8 + ymd) * 1000 + sequence
    return pc.binary_join_element_wise(pa.array(first_17).cast(pa.string()), check_characters(first_17), "")


def check_characters(first_17: Ints) -> pa.StringArray:
    """The 18th characters (ISO 7064 MOD 11-2) of 17-digit numbers, all at once."""
    total = np.zeros(len(first_17), dtype=np.int64)
    rest = first_17.copy()
    for weight in reversed(WEIGHTS):
        rest, digit = np.divmod(rest, 10)
        total += weight * digit
    return _pick(tuple(CHECK_CHARACTERS), total % 11)


def _area_codes(county: str) -> Ints:
    """(area, band): the county's own code first, then other codes of its prefecture and of its neighbours."""
    prefecture = int(county[:4])
    codes = np.empty((AREAS_BESIDE, BAND), dtype=np.int64)
    own = int(county)
    spare = [
        c for beside in range(3) for c in range((prefecture + beside) * 100 + 21, (prefecture + beside) * 100 + 90)
    ]
    spare = [c for c in spare if c != own]
    for area in range(AREAS_BESIDE):
        codes[area] = spare[area * BAND : (area + 1) * BAND]
    codes[0, 0] = own
    return codes
