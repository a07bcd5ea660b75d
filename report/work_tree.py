"""Find where an archive lies in its repository: git and GitHub count paths from its root."""

from pathlib import Path


def folder_in_work_tree(source: str) -> str | None:
    """Return the path of the archive at *source* from the root of the git work tree around it.

    Empty where it is that root; None where no work tree is around it, and where *source* is no
    folder or file of this machine.
    """
    path = Path(source)
    root = (path.parent if path.is_file() else path).resolve()
    if not root.is_dir():
        return None
    for above in (root, *root.parents):
        if (above / ".git").exists():
            folder = root.relative_to(above)
            return "" if folder == Path() else folder.as_posix()
    return None
