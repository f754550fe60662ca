"""`python -m ledger` is the command `carbon`."""

import sys

from ledger.cli import main

sys.exit(main())
