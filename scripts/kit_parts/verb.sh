#!/bin/sh
APP="$$(cd "$$(dirname "$$0")" && pwd)/app"
PYTHON="$${GIS_PYTHON:-$$APP/python/bin/python3}"
[ -x "$$PYTHON" ] || PYTHON="$$(command -v python$PYTHON)"
if [ -z "$$PYTHON" ]; then echo "Python $PYTHON is needed."; exit 2; fi
exec "$$PYTHON" -X utf8 "$$APP/start.py" $VERB "$$@"
