"""How often the desk's pages ask the database, as golden figures."""

from __future__ import annotations

from tests.apps.city import City
from tests.apps.programmes.line_up import line_up
from tests.apps.programmes.line_up import programme as lined_up
from tests.apps.web.counting import Counted
from tests.apps.web.desk_cast import crowd, logged_in, programme


def test_asks_as_often_as_its_golden_figures_say(city: City, counted: Counted) -> None:
    programme(city)
    waiting = crowd(city, "class", ["王芳", "李娜", "欧阳小明"])
    line_up(lined_up("ranked"), 30)
    town, official = logged_in(city, "town"), logged_in(city, "city")
    counted("desk", town, "/desk/")
    counted("desk-application", town, f"/desk/applications/{waiting[0].serial}/")
    counted("desk-programmes", official, "/desk/programmes/")
    counted("desk-programme", official, "/desk/programmes/ranked/")
    counted("desk-programme-edit", official, "/desk/programmes/class/edit/")
    counted("desk-programme-marks", official, "/desk/programmes/ranked/marks/")
    counted("desk-parties", official, "/desk/parties/?q=张学")
    counted("desk-party", official, f"/desk/parties/{city.worker.pk}/")
    counted("desk-reasons", official, f"/desk/parties/{city.worker.pk}/reasons/")
