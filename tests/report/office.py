"""LibreOffice without a window: opens what is handed over, computes every formula anew, and prints pages."""

import shutil
import subprocess
from pathlib import Path

import pytest

needed = pytest.mark.skipif(not shutil.which("soffice"), reason="there is no LibreOffice (soffice) here")
RECALCULATE = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry">
<item oor:path="/org.openoffice.Office.Calc/Formula/Load"><prop oor:name="OOXMLRecalcMode" oor:op="fuse"><value>0</value></prop></item>
</oor:items>"""  # else it shows the values that the file holds, and nothing is proved


def converted(file: Path, to: str) -> Path:
    """Return a file as LibreOffice writes it in another format, beside it; a workbook with every formula computed anew."""
    profile = file.parent / "profile"
    (profile / "user").mkdir(parents=True, exist_ok=True)
    (profile / "user" / "registrymodifications.xcu").write_text(RECALCULATE)
    out = file.parent / "converted"
    command = [
        "soffice",
        "--headless",
        f"-env:UserInstallation={profile.as_uri()}",
        "--convert-to",
        to,
        "--outdir",
        str(out),
        str(file),
    ]
    subprocess.run(command, check=True, capture_output=True, timeout=300)
    return out / f"{file.stem}.{to}"
