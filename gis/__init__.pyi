from gis.api import GisError as GisError
from gis.api import LeftOutWarning as LeftOutWarning
from gis.api import Question as Question
from gis.api import Result as Result
from gis.api import air_budget as air_budget
from gis.api import air_periods as air_periods
from gis.api import aqi as aqi
from gis.api import area as area
from gis.api import compare as compare
from gis.api import conflicts as conflicts
from gis.api import cover as cover
from gis.api import figures as figures
from gis.api import ledger as ledger
from gis.api import read as read
from gis.api import run as run
from gis.api import sheet as sheet
from gis.api import trace as trace
from gis.api import water_class as water_class
from gis.api import water_outlook as water_outlook
from gis.api import water_periods as water_periods

__version__: str
__all__: list[str]
