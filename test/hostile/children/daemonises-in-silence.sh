#!/bin/sh
# As a daemon with an empty environment and nothing open, its parents gone before anybody can have looked.
(setsid env -i /bin/sh -c '/bin/sleep 1000 & echo $! >daemon.pid' </dev/null >/dev/null 2>&1 &)
until [ -s daemon.pid ]; do :; done
echo up
exec sleep 1000
