"""What listens in a container, as the kernel writes it down."""

from __future__ import annotations

from preview_runtime.containers.docker.open_ports import Listener, listeners

# /proc/net/tcp and tcp6 of an app at 10.213.0.2:8000 (1F40), with the router at 10.213.0.1.
TABLE = """\
  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 00000000:1F40 00000000:0000 0A 00000000:00000000 00:00000000 00000000 10001        0 1 1
   1: 0B00007F:A1B2 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 2 1
   2: 0100007F:1538 00000000:0000 0A 00000000:00000000 00:00000000 00000000 10001        0 3 1
   3: 0200D50A:1F40 0100D50A:9C40 01 00000000:00000000 00:00000000 00000000 10001        0 4 1
   4: 0200D50A:1F40 0200D50A:9C41 01 00000000:00000000 00:00000000 00000000 10001        0 5 1
   5: 0200D50A:9C41 0200D50A:1F40 01 00000000:00000000 00:00000000 00000000 10001        0 6 1
   6: 0100007F:1F40 0100007F:9C42 01 00000000:00000000 00:00000000 00000000 10001        0 7 1
   7: 0200D50A:1F40 0100D50A:9C43 08 00000000:00000000 00:00000000 00000000 10001        0 8 1
   8: 0200D50A:9C44 0300D50A:1538 01 00000000:00000000 00:00000000 00000000 10001        0 9 1
  sl  local_address                         remote_address                        st tx_queue rx_queue
   0: 0000000000000000FFFF00000200D50A:1F40 0000000000000000FFFF00000100D50A:9C45 01 00000000:00000000 0 0 0 1
"""


def test_what_listens_inside_is_told_from_what_listens_to_all() -> None:
    assert listeners(TABLE) == [Listener(5432, False), Listener(8000, True)]
