"""Targets judged by figures, and every figure traced to its rows."""

from gis.scorecard.absent import absent
from gis.scorecard.alerts import alerts
from gis.scorecard.judge import STATES, judge
from gis.scorecard.tasks import tasks

__all__ = ["STATES", "absent", "alerts", "judge", "tasks"]
