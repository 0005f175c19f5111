"""python -m tests.publications: write what every publication is expected to give anew."""

import shutil
import tempfile
from pathlib import Path

from tests.publications import SITES, published

for site in SITES:
    with tempfile.TemporaryDirectory() as folder:
        said, files = published(site / "site", Path(folder, site.name))
    shutil.rmtree(site / "expected", ignore_errors=True)
    for path, data in files.items():
        place = site / "expected" / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(data)
    print(f"{site.name}\n{said}")
