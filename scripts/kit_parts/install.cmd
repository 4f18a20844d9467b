@echo off
setlocal DisableDelayedExpansion
set "APP=%~dp0app"
if exist "%APP%\python\python.exe" goto own
for %%F in ("%APP%\runtime\*.zip") do powershell -NoProfile -Command "Expand-Archive -LiteralPath ($$env:APP+'\runtime\%%~nxF') -DestinationPath ($$env:APP+'\python')"
if exist "%APP%\python\python.exe" goto own
where py >nul 2>nul
if not errorlevel 1 goto launcher
python -X utf8 "%APP%\install.py"
goto end
:launcher
py -$PYTHON -X utf8 "%APP%\install.py"
goto end
:own
"%APP%\python\python.exe" -X utf8 "%APP%\install.py"
:end
if errorlevel 1 echo Python $PYTHON (64-bit) is needed. See the guide beside this file.
pause
