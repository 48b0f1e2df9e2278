#!/bin/sh
# Its grandchild is re-parented and in another session: a daemon by the book.
setsid sh -c 'sleep 1000 & echo $! >daemon.pid'
until [ -s daemon.pid ]; do :; done
echo up
exec sleep 1000
