@echo off
setlocal DisableDelayedExpansion
set "APP=%~dp0app"
set "GIS_SCRIPT=%~nx0"
set GIS_ARGUMENTS=%*
setlocal EnableDelayedExpansion
set GIS_LINE=!cmdcmdline!
setlocal DisableDelayedExpansion
if exist "%APP%\python\python.exe" goto own
where py >nul 2>nul
if not errorlevel 1 goto launcher
python -X utf8 "%APP%\start.py" $VERB
goto end
:launcher
py -$PYTHON -X utf8 "%APP%\start.py" $VERB
goto end
:own
"%APP%\python\python.exe" -X utf8 "%APP%\start.py" $VERB
:end
if errorlevel 9009 pause
exit
