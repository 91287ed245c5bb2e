import sys

from sayso.command_line import main

sys.exit(main())
