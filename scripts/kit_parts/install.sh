#!/bin/sh
APP="$$(cd "$$(dirname "$$0")" && pwd)/app"
for FILE in "$$APP"/runtime/*.tar.gz "$$APP"/runtime/*.tgz; do
  if [ -f "$$FILE" ] && [ ! -d "$$APP/python" ]; then
    mkdir -p "$$APP/python.half" && tar xzf "$$FILE" -C "$$APP/python.half"
    if [ -d "$$APP/python.half/python" ]; then mv "$$APP/python.half/python" "$$APP/python"
    else mv "$$APP/python.half" "$$APP/python"; fi
    rm -rf "$$APP/python.half"
  fi
done
PYTHON="$${GIS_PYTHON:-$$APP/python/bin/python3}"
[ -x "$$PYTHON" ] || PYTHON="$$(command -v python$PYTHON)"
if [ -z "$$PYTHON" ]; then echo "Python $PYTHON is needed."; exit 2; fi
exec "$$PYTHON" -X utf8 "$$APP/install.py"
