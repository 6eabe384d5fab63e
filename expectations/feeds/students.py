"""学籍: pupils and students by school."""

from expectations import codes
from expectations.departments import Department
from expectations.feed import Code, Column, Date, Fact, Feed, IdentityNumber, Name, Personal, Text

FEED = Feed(
    name="students",
    title="学籍",
    sender=Department.EDUCATION,
    grain="one row a pupil at a school",
    place=70,
    facts=Fact("fact_student", "学籍快照：每个学生、学校、数据截止日一行", snapshots=True),
    columns=(
        Column("name", "学生姓名", Name(), required=True, synonyms=("姓名",)),
        Column("person_id", "证件号码", IdentityNumber(), required=True),
        Column("student_no", "学籍号", Text(), key=True, personal_as=Personal.STUDENT_NO),
        Column("school", "学校", Text(), key=True),
        Column("stage", "学段", Code(codes.STAGE), required=True),
        Column("grade", "年级", Text()),
        Column("student_status", "学籍状态", Code(codes.STUDENT_STATUS), required=True),
        Column("enrolled_on", "入学日期", Date()),
    ),
)
