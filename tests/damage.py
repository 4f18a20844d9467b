"""What may befall a file of the workspace."""

from pathlib import Path


def truncate(path: Path) -> None:
    """Cut the end off."""
    path.write_bytes(path.read_bytes()[:-20])


def turn_a_bit(path: Path) -> None:
    """Turn a bit."""
    content = bytearray(path.read_bytes())
    content[len(content) // 3] ^= 1
    path.write_bytes(bytes(content))


def swap_for_a_folder(path: Path) -> None:
    """Put a folder in its place."""
    path.unlink()
    path.mkdir()


DAMAGE = (truncate, turn_a_bit, swap_for_a_folder, Path.unlink, lambda path: path.write_text("[]"))
