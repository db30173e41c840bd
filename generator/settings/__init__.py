"""What people write by hand in `content/`: the site, its divisions, its counties, and what each filing says.

Read once, checked whole: every fault of every file is reported at once by file and key, and nothing that is
missing is ever filled in. The documents themselves are not opened here, and the register is not known here.
"""

from generator.settings.filing import filing_folders, load_filing
from generator.settings.site import county_of_filing, find_county, load_site
from generator.settings.start import start_content

__all__ = ["county_of_filing", "filing_folders", "find_county", "load_filing", "load_site", "start_content"]
