"""The poverty register: who is registered, in which household, and where that lies."""

from functools import cached_property

from ibis import _
from ibis.expr.types import Table

from expectations.terms.expressions import commonest, name_key
from expectations.terms.rows import CurrentRows


class Register(CurrentRows):
    """Registered people and their households."""

    @cached_property
    def register_people(self) -> Table:
        """Registered members, with or without a valid number: rows 正常 of households that the register holds."""
        normal = self.rows["register_members"].filter(_.person_status == "正常")
        people = normal.semi_join(self.rows["register_households"], "household_no")
        return self.keep("register_people", people.select("household_no", "member_no", "person_id", "name", "relation"))

    @cached_property
    def registered(self) -> Table:
        """(household_no, person_id), distinct: registered persons in each household that they are registered in."""
        numbered = self.register_people.filter(_.person_id.notnull())
        return self.keep("registered", numbered.select("household_no", "person_id").distinct())

    @cached_property
    def registered_persons(self) -> Table:
        """One row a registered person: person_id, the (first) household_no and name."""
        numbered = self.register_people.filter(_.person_id.notnull())
        persons = numbered.group_by("person_id").agg(household_no=_.household_no.min(), name=_.name.min())
        return self.keep("registered_persons", persons)

    @cached_property
    def registered_names(self) -> Table:
        """(household_no, person_id, name_key) of registered persons."""
        numbered = self.register_people.filter(_.person_id.notnull())
        return numbered.select("household_no", "person_id", name_key=name_key(numbered.name)).distinct()

    @cached_property
    def normal_register_rows(self) -> Table:
        """person_id of every register_members row 正常 with a valid number, whether or not its household is there."""
        rows = self.rows["register_members"]
        return self.keep(
            "normal_register_rows",
            rows.filter(rows.person_status == "正常", rows.person_id.notnull()).select("person_id").distinct(),
        )

    @cached_property
    def households(self) -> Table:
        """Register households with at least one registered member."""
        return self.rows["register_households"].semi_join(self.register_people, "household_no")

    @cached_property
    def open_households(self) -> Table:
        """未脱贫 or 返贫."""
        return self.households.filter(_.poverty_status.isin(("未脱贫", "返贫")))

    @cached_property
    def monitored_households(self) -> Table:
        """With a kind of monitoring (监测对象)."""
        return self.households.filter(_.monitoring.notnull(), _.monitoring != "无")

    @cached_property
    def exited_households(self) -> Table:
        """已脱贫."""
        return self.households.filter(_.poverty_status == "已脱贫")

    @cached_property
    def households_with_unnumbered_members(self) -> Table:
        """household_no of households with a registered member without a valid number."""
        return self.keep(
            "households_with_unnumbered_members",
            self.register_people.filter(_.person_id.isnull()).select("household_no").distinct(),
        )

    @cached_property
    def dead(self) -> Table:
        """person_id, earliest status_date and name of persons 死亡 in the register who are registered nowhere."""
        rows = self.rows["register_members"]
        dead = rows.filter(rows.person_status == "死亡", rows.person_id.notnull())
        first = dead.group_by("person_id").agg(died_on=_.status_date.min(), name=_.name.min())
        return self.keep("dead", first.anti_join(self.registered, "person_id"))

    @cached_property
    def villages(self) -> Table:
        """village_code with the names of township and village that most rows of the register give it."""
        register = self.rows["register_households"]
        rows = register.mutate(township_code=register.village_code.substr(0, 9))
        codes = rows.select("village_code", "township_code").distinct()
        villages = codes.inner_join(commonest(rows, "village_code", "village"), "village_code")
        named = villages.inner_join(commonest(rows, "township_code", "township"), "township_code")
        return self.keep("villages", named.select("village_code", "township", "village"))
