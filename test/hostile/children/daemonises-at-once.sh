#!/bin/sh
# As a daemon with an empty environment, its parents gone before anybody can have looked.
(setsid env -i /bin/sh -c '/bin/sleep 1000 & echo $! >daemon.pid' &)
until [ -s daemon.pid ]; do :; done
echo up
exec sleep 1000
