"""Install the kit this file lies in: check every wheel by its hash and unpack it; Python alone is needed.

No network, no rights of an administrator, nothing outside the kit's own folder. Removing the folder removes all.
"""

import hashlib
import json
import os
import platform
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

APP = Path(__file__).resolve().parent
LIB, HALF = APP / "lib", APP / "lib.half"
SCHEMES = ("purelib", "platlib")


def main() -> int:
    """Check, unpack, try; 0 where the program starts."""
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(errors="replace")
    about = json.loads((APP / "kit.json").read_text(encoding="utf-8"))
    if not is_right_python(about):
        return 2
    shutil.rmtree(long(HALF), ignore_errors=True)
    wheels = sorted((APP / "wheels").iterdir())
    wrong = [one.name for one in wheels if about["wheels"].get(one.name) != sha256(one)]
    lacking = [name for name in about["wheels"] if not (APP / "wheels" / name).is_file()]
    if wrong or lacking:
        print("套件不完整或被改动，没有安装 (incomplete or changed):", "、".join([*wrong, *lacking]))
        return 2
    for at, wheel in enumerate(wheels, 1):
        if sys.stdout.isatty():
            print(f"\r{at}/{len(wheels)}", wheel.name.split("-")[0][:40].ljust(40), end="", flush=True)
        unpack(wheel, HALF)
    print(f"\n{len(wheels)} 个软件包已核对并解开 (wheels checked and unpacked)")
    shutil.rmtree(long(LIB), ignore_errors=True)
    long(HALF).replace(long(LIB))
    code = start("--help")
    print("安装完成 (installed)" if code == 0 else f"装好了但不能启动 (does not start): {code}")
    return 0 if code == 0 else 2


def is_right_python(about: dict[str, Any]) -> bool:
    """Tell whether this Python and this machine are those the wheels are for, and say what is needed."""
    wanted, here = about["python"], "{}.{}".format(*sys.version_info)
    machine = {
        "win_amd64": ("Windows", ("AMD64", "x86_64")),
        "manylinux_x86_64": ("Linux", ("x86_64",)),
        "manylinux_aarch64": ("Linux", ("aarch64",)),
    }[about["platform"]]
    if here != wanted:
        print(f"需要 Python {wanted}，这是 {here} (Python {wanted} is needed): {sys.executable}")
        return False
    if platform.system() != machine[0] or platform.machine() not in machine[1]:
        print(
            f"套件用于 {about['platform']}，本机是 {platform.system()} {platform.machine()} (another platform)"
        )
        return False
    return True


def unpack(wheel: Path, into: Path) -> None:
    """Unpack a wheel as pip would: what is in NAME.data/purelib and platlib belongs to the top."""
    with zipfile.ZipFile(wheel) as packed:
        for one in packed.infolist():
            parts = one.filename.split("/")
            if parts[0].endswith(".data"):
                if parts[1] not in SCHEMES:
                    continue
                parts = parts[2:]
            if one.is_dir() or not parts or ".." in parts or Path(one.filename).is_absolute():
                continue
            target = long(into.joinpath(*parts))
            target.parent.mkdir(parents=True, exist_ok=True)
            with packed.open(one) as source, target.open("wb") as sink:
                shutil.copyfileobj(source, sink)


def start(*arguments: str) -> int:
    """Run the command once, its output unseen."""
    words = [sys.executable, "-X", "utf8", str(APP / "start.py"), "gis", *arguments]
    return subprocess.run(words, stdout=subprocess.DEVNULL, check=False).returncode


def long(path: Path) -> Path:
    """Give a path that Windows takes beyond 260 signs; elsewhere as it is."""
    text = str(path.absolute())
    if os.name != "nt" or text.startswith("\\\\?\\"):
        return path
    return Path("\\\\?\\UNC\\" + text[2:] if text.startswith("\\\\") else "\\\\?\\" + text)


def sha256(file: Path) -> str:
    """SHA-256 of a file."""
    digest = hashlib.sha256()
    with file.open("rb") as source:
        while block := source.read(1 << 20):
            digest.update(block)
    return digest.hexdigest()


if __name__ == "__main__":
    sys.exit(main())
