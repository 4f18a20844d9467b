"""What a starter of the kit does with the files dropped on it: check, judge, open; nothing is typed.

start.py monitor | check | ledger | conflicts | water | air  [FILE...]
start.py gis ...     the command itself
"""

import os
import re
import sys
import time
import webbrowser
from pathlib import Path

APP = Path(__file__).resolve().parent
KIT = APP.parent
DESK, COUNTIES = KIT / "结果", KIT / "县"
LINES = "control_lines"
VERBS = {
    "parcels": "area",
    "farmland_cases": "area",
    "ledger_events": "ledger",
    "samples": "water",
    "air_days": "air",
    "air_hours": "air",
}
COMMANDS = {
    "area": ("land", "area"),
    "ledger": ("land", "ledger"),
    "water": ("water", "classify"),
    "air": ("air", "aqi"),
}
ENDINGS = {"ledger": ".xlsx"}


def main() -> int:
    """Do what the starter says; the code of the worst command."""
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(errors="replace")
    if not (APP / "lib").is_dir():
        print("还没有安装：先运行“安装” (not installed yet: run the installer first)")
        return wait(2)
    import site

    site.addsitedir(str(APP / "lib"))
    sys.path.insert(0, str(APP / "lib"))
    verb, given = sys.argv[1], sys.argv[2:]
    if verb == "gis":
        return gis(given)
    files = [Path(one) for one in (given or dropped())]
    lost = [str(one) for one in files if not one.exists()]
    if lost:
        print("没有这个文件 (no such file):", "、".join(lost))
        return wait(2)
    return wait(monitor(files) if verb == "monitor" else desk(verb, files))


def dropped() -> list[str]:
    """Give what was dropped on a .cmd: the command line whole, since cmd parts an unquoted name at a "&"."""
    script, line = os.environ.get("GIS_SCRIPT", ""), os.environ.get("GIS_LINE", "").strip()
    at = line.lower().rfind((script + '"').lower()) if script else -1
    if at >= 0 and "/c" in line[:at].lower():
        rest = line[at + len(script) + 1 :].rstrip()
        return words(rest[:-1] if rest.count('"') % 2 else rest)
    return words(os.environ.get("GIS_ARGUMENTS", ""))


def words(line: str) -> list[str]:
    """Part a command line of Windows: a name with blanks stands in quotes."""
    return [quoted or bare for quoted, bare in re.findall(r'"([^"]*)"|(\S+)', line)]


def monitor(files: list[Path]) -> int:
    """Open the newest edition; a folder becomes a county and is run, files are judged as what they hold."""
    if not files:
        return newest()
    code = 0
    for one in files:
        if one.is_dir() and one.suffix.lower() != ".gdb":
            code = max(code, county(one))
    single = [one for one in files if not one.is_dir() or one.suffix.lower() == ".gdb"]
    return max(code, desk(None, single)) if single else code


def newest() -> int:
    """Open the newest edition of any county."""
    editions = sorted(COUNTIES.glob("*/maps/index.html"), key=lambda one: one.stat().st_mtime)
    if not editions:
        print("还没有成果：把一个放资料的文件夹拖到“监测”上 (nothing yet: drop a folder of files on it)")
        return 2
    return shown(editions[-1])


def county(folder: Path) -> int:
    """Run the county that a folder is, or make one of its files first."""
    own = next((one for one in (folder, folder / "layers") if (one / "county.toml").is_file()), None)
    place = COUNTIES / (folder.parent if own == folder and folder.name == "layers" else folder).name
    if own is None:
        own = place / "layers"
        if not own.is_dir() and (code := gis(["init", str(place), "--from", str(folder)])):
            return code
    code = gis(["check", "--layers", str(own), "--out", str(place / "maps")])
    code = code if code > 1 else gis(["run", "--layers", str(own), "--out", str(place / "maps")])
    return code or shown(place / "maps" / "index.html")


def desk(verb: str | None, files: list[Path]) -> int:
    """Check files, do one verb of the desk with them, and open what it wrote."""
    if not files:
        print("把文件拖到这个图标上 (drop files on this icon)")
        return 2
    code = gis(["check", *map(str, files)])
    if verb == "check" or code > 1:
        return code
    kinds = {file: kind_of(file) for file in files}
    lines = [file for file, kind in kinds.items() if kind == LINES]
    others = [file for file in files if file not in lines]
    groups: dict[str | None, list[Path]] = {}
    for file in others:
        chosen = verb or ("conflicts" if lines and kinds[file] == "parcels" else VERBS.get(kinds[file]))
        groups.setdefault(chosen, []).append(file)
    if not others:
        print("还缺地块文件，请与控制线一起拖入 (drop the parcels with the lines)")
        return 2
    worst = 0
    for chosen, some in groups.items():
        worst = max(worst, judged(chosen, some, lines))
    return worst


def judged(verb: str | None, files: list[Path], lines: list[Path]) -> int:
    """Do one verb with files and open what it wrote; paper ledgers go together, others one by one."""
    if verb is None:
        print("这一类文件没有直接的成果，已核对 (checked only):", "、".join(one.name for one in files))
        return 0
    if verb == "conflicts" and not lines:
        print("还缺控制线文件，请与地块一起拖入 (drop the lines with the parcels)")
        return 2
    DESK.mkdir(exist_ok=True)
    worst = 0
    for some in [files] if verb == "ledger" else [[one] for one in files]:
        name = f"{some[0].stem}_{time.strftime('%Y%m%d-%H%M%S')}"
        output = free(DESK / (name + ENDINGS.get(verb, ".html")))
        command = COMMANDS.get(verb, ("land", "conflicts"))
        more = [word for line in lines for word in ("--lines", str(line))] if verb == "conflicts" else []
        code = gis([*command, *map(str, some), *more, "-o", str(output)])
        worst = max(worst, code)
        if output.is_file():
            shown(output)
    return worst


def free(path: Path) -> Path:
    """Give a name that is not taken: two files of one name may be judged in one second."""
    at, found = 1, path
    while found.exists():
        at, found = at + 1, path.with_name(f"{path.stem}_{at}{path.suffix}")
    return found


def kind_of(file: Path) -> str | None:
    """Tell what a file holds, None where it does not say."""
    from gis.base.errors import GisError
    from gis.ingest import guess_kind, parts_of

    try:
        parts = parts_of(file)
        return guess_kind(file, part=parts[0] if parts else None)
    except GisError:
        return None


def gis(arguments: list[str]) -> int:
    """Run the command in this process: the embeddable Python of Windows takes no path from outside."""
    from gis.cli import app

    sys.argv = ["gis", *arguments]
    try:
        app.main()
    except SystemExit as left:
        return left.code if isinstance(left.code, int) else 0 if left.code is None else 2
    return 0


def shown(page: Path) -> int:
    """Open a page or a workbook with what the machine opens it with."""
    print("打开 (open)", page)
    if os.environ.get("GIS_NO_BROWSER"):
        return 0
    if hasattr(os, "startfile"):
        os.startfile(page)  # noqa: S606  a page that this program wrote
    else:
        webbrowser.open(page.resolve().as_uri())
    return 0


def wait(code: int) -> int:
    """Keep the window until it is read."""
    if os.name == "nt" and sys.stdin is not None and sys.stdin.isatty():
        input("按回车键关闭 (Enter closes) ")
    return code


if __name__ == "__main__":
    sys.exit(main())
