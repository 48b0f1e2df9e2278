#!/bin/sh
# As a daemon, and with an empty environment; the parent stays until the file "go" appears.
setsid env -i /bin/sh -c '/bin/sleep 1000 & echo $! >daemon.pid; until [ -e go ]; do /bin/sleep 0.01; done' &
until [ -s daemon.pid ]; do :; done
echo up
wait
touch gone
exec sleep 1000
